/** What an upload address speaks: the core of tus 1.0, no extension. Uploads are opened and given up by REST. */
import { maxImageBytes } from './image.ts';

export const tusVersion = '1.0.0';
export const uploadMethods = ['HEAD', 'PATCH', 'OPTIONS'] as const;
export const uploadContentType = 'application/offset+octet-stream';

/** Of the answer to OPTIONS: all that a client may count on. */
export const uploadOptionsHeaders: Readonly<Record<string, string>> = {
  allow: uploadMethods.join(', '),
  'tus-resumable': tusVersion,
  'tus-version': tusVersion,
  'tus-max-size': String(maxImageBytes),
};
