import { buffer } from 'node:stream/consumers';
import type { PlainResponse } from '../types.ts';

/** The whole body of an answer over plain HTTP. Rejects when it breaks off. */
export async function bodyBytes({ body }: Pick<PlainResponse, 'body'>): Promise<Buffer> {
  return Buffer.isBuffer(body) ? body : await buffer(body);
}
