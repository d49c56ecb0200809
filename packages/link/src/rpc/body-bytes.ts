import { buffer } from 'node:stream/consumers';
import type { PlainResponse } from '../types.ts';

/** Reads the whole body of a plain HTTP response. Rejects when it breaks off. */
export async function bodyBytes({ body }: Pick<PlainResponse, 'body'>): Promise<Buffer> {
  return Buffer.isBuffer(body) ? body : await buffer(body);
}
