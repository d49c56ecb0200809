/** A public key before it is sent: nothing private may leave this computer. */
import { imageNameOf, isPublicKey, parsePublicKey, renderSentence } from '@zhiyun/contracts';
import { fieldMessage } from '../../api/errors.ts';

/** What is wrong with it, in the language of the page. */
export function problemOfKey(text: string): string | undefined {
  const parsed = parsePublicKey(text);
  return isPublicKey(parsed) ? undefined : fieldMessage(renderSentence(parsed, 'en') ?? '', parsed);
}

/** `My id_ed25519.pub` → `My-id_ed25519`: what the platform takes as a name, as it does of files of images. */
export const keyNameOf = (file: string): string => imageNameOf(file.replace(/\.pub$/i, ''));
