/** The two ways to say no. Both continue the sentence "The image was refused: …". */
import type { ImageKind } from '@zhiyun/contracts';
import { PlatformError } from '@zhiyun/kernel';

/** `reason` says what the image is or has; `cure` what its owner can do. */
export function refused(
  reason: string,
  cure = 'Convert it with: qemu-img convert -O qcow2 <image> <new image>',
): PlatformError {
  return new PlatformError('image-refused', `The image was refused: ${reason}. ${cure}`);
}

const kindNames: Record<ImageKind, string> = { iso: 'an ISO image', disk: 'a disk image' };

export function wrongKind(found: string, wanted: ImageKind): PlatformError {
  const other: ImageKind = wanted === 'iso' ? 'disk' : 'iso';
  return new PlatformError(
    'image-wrong-kind',
    `The image was given as ${kindNames[wanted]}, but it is ${found}. Add it again as ${kindNames[other]}.`,
  );
}
