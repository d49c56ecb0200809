/** The two ways to say no. */
import { type ImageKind, type Sentence, say } from '@zhiyun/contracts';
import { PlatformError } from '@zhiyun/kernel';

/** `reason` says what the image is or has; `cure` what its owner can do. */
export function refused(reason: Sentence, cure: Sentence = say('cure.convert')): PlatformError {
  return new PlatformError('image-refused', say('refusal.refused', { reason, cure }));
}

export function wrongKind(found: Sentence, wanted: ImageKind): PlatformError {
  const other: ImageKind = wanted === 'iso' ? 'disk' : 'iso';
  const kinds = { wanted: say(`refusal.kind-${wanted}`), other: say(`refusal.kind-${other}`) };
  return new PlatformError('image-wrong-kind', say('refusal.wrong-kind', { ...kinds, found }));
}
