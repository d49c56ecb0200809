/** Users and sessions. */
import { z } from 'zod';
import { pageQueryFields, timestampSchema } from '../fields.ts';
import { userIdSchema } from '../ids.ts';
import { roleSchema } from './roles.ts';

export const usernameSchema = z
  .string()
  .regex(
    /^[a-z][a-z0-9._-]{1,31}$/,
    'must be 2 to 32 characters: lower-case letters, digits, ".", "_", "-", starting with a letter',
  );
export const newPasswordSchema = z
  .string()
  .min(10, 'must have at least 10 characters')
  .max(200, 'must have at most 200 characters');

export const userSchema = z.object({
  id: userIdSchema,
  username: z.string(),
  role: roleSchema,
  /** True until the first own password is set; the console asks for it at login. */
  mustChangePassword: z.boolean(),
  createdAt: timestampSchema,
});
export type User = z.infer<typeof userSchema>;

export const createSessionSchema = z.strictObject({
  username: z.string().min(1).max(64),
  password: z.string().min(1).max(200),
});
export const sessionSchema = z.object({ token: z.string(), expiresAt: timestampSchema, user: userSchema });
export type Session = z.infer<typeof sessionSchema>;

export const changePasswordSchema = z.strictObject({
  currentPassword: z.string().min(1).max(200),
  newPassword: newPasswordSchema,
});
/** `pending`: the password that the platform made for the first administrator is still the one to sign in with. */
export const firstSignInSchema = z.object({ pending: z.boolean() });

export const createUserSchema = z.strictObject({
  username: usernameSchema,
  password: newPasswordSchema,
  role: roleSchema,
});
export const updateUserSchema = z.strictObject({ role: roleSchema, password: newPasswordSchema }).partial();
export const listUsersQuerySchema = z.strictObject(pageQueryFields);

/** The session cookie's name begins so, and the domain follows; `__Host-` binds it to this host, path `/`, HTTPS only. */
export const sessionCookiePrefix = '__Host-zhiyun';
