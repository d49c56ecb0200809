/** Join tokens (加入令牌): what lets a new component into the domain. The secret is shown once. */
import { z } from 'zod';
import { timestampSchema } from '../fields.ts';
import { joinTokenIdSchema } from '../ids.ts';
import { componentTypeSchema } from '../links/component.ts';

export const joinTokenSchema = z.object({
  id: joinTokenIdSchema,
  roles: z.array(componentTypeSchema),
  expiresAt: timestampSchema,
  /** How many components it still lets in; null: any number until it expires. */
  usesLeft: z.int().nullable(),
  createdAt: timestampSchema,
  createdBy: z.string().nullable(),
});
export type JoinTokenInfo = z.infer<typeof joinTokenSchema>;

/** Once a token has run out or was used up it is forgotten within a day. */
export const createJoinTokenSchema = z.strictObject({
  roles: z.array(componentTypeSchema).min(1, 'must name at least one role').max(7),
  expiresInSeconds: z
    .int('must be a whole number of seconds')
    .min(60, 'must be at least 60')
    .max(30 * 24 * 3600, 'must be at most 30 days')
    .default(3600),
  /** How many components it lets in; null: any number. Left out: one machine, that takes each of the roles once. */
  uses: z
    .int('must be a whole number')
    .min(1, 'must be at least 1')
    .max(100_000, 'must be at most 100000')
    .nullable()
    .optional(),
});
/** `token` is what is typed at the other machine. */
export const createdJoinTokenSchema = joinTokenSchema.extend({ token: z.string() });
