/** Secrets that we hand out (session tokens, console tickets): 256 random bits, of which only the hash is kept. */
import { createHash, randomBytes } from 'node:crypto';

export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}
/** A fast hash will do: there is nothing to guess in 256 random bits. */
export function hashOfSecret(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
