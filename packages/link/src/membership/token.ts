/**
 * A join token: `zy1.<base64url JSON>`. It pins the hash of the domain's CA, so that the joiner recognises a false Data
 * Server before it sends the secret.
 */
import { linkAddressSchema } from '@zhiyun/contracts/links';
import { PlatformError } from '@zhiyun/kernel';
import { z } from 'zod';

const prefix = 'zy1.';
const joinTokenSchema = z.object({
  /** Data Servers to try when nothing else is known. */
  dataServers: z.array(linkAddressSchema).optional(),
  /** SHA-256 of the CA certificate (DER), hex. */
  caSha256: z.string().regex(/^[0-9a-f]{64}$/),
  secret: z.string().min(1),
});
export type JoinToken = z.infer<typeof joinTokenSchema>;

export function formatJoinToken(token: JoinToken): string {
  return prefix + Buffer.from(JSON.stringify(token)).toString('base64url');
}

/** Throws `join-refused`. */
export function parseJoinToken(text: string): JoinToken {
  const trimmed = text.trim();
  if (!trimmed.startsWith(prefix)) throw notAToken();
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(trimmed.slice(prefix.length), 'base64url').toString('utf8'));
  } catch {
    throw notAToken();
  }
  const parsed = joinTokenSchema.safeParse(json);
  if (!parsed.success) throw notAToken();
  return parsed.data;
}

function notAToken(): PlatformError {
  return new PlatformError(
    'join-refused',
    `This is not a join token: a whole one begins with "${prefix}". Copy it again.`,
  );
}
