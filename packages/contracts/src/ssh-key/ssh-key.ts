/** SSH keys (SSH 密钥): public keys that their owner signs in to instances with. The private half never comes here. */
import { z } from 'zod';
import { nameSchema, pageQueryFields, timestampSchema } from '../fields.ts';
import { renderSentence } from '../sentences/catalogue.ts';
import { sshKeyIdSchema } from './kind.ts';
import { isPublicKey, maxPublicKeyLength, parsePublicKey } from './public-key.ts';

export { type SshKeyId, sshKeyIdSchema } from './kind.ts';
export { isPublicKey, maxPublicKeyLength, parsePublicKey } from './public-key.ts';

export const sshKeySchema = z.object({
  id: sshKeyIdSchema,
  name: z.string(),
  type: z.string(),
  bits: z.int(),
  /** As `ssh-keygen -l` writes it. */
  fingerprint: z.string(),
  comment: z.string(),
  /** One line, as for `authorized_keys`. */
  publicKey: z.string(),
  createdAt: timestampSchema,
});
export type SshKey = z.infer<typeof sshKeySchema>;

export const publicKeySchema = z
  .string()
  .max(maxPublicKeyLength, `must have at most ${maxPublicKeyLength} characters`)
  .superRefine((text, context) => {
    const parsed = parsePublicKey(text);
    if (!isPublicKey(parsed)) context.addIssue(renderSentence(parsed, 'en') ?? 'is not valid');
  });

export const createSshKeySchema = z.strictObject({ name: nameSchema, publicKey: publicKeySchema });
export type CreateSshKey = z.input<typeof createSshKeySchema>;

export const listSshKeysQuerySchema = z.strictObject(pageQueryFields);
