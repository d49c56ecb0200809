/** Users, roles and sessions. */
import { z } from 'zod';
import { pageQueryFields, timestampSchema } from '../fields.ts';
import { userIdSchema } from '../ids.ts';

export const roles = ['administrator', 'operator', 'viewer'] as const;
export const roleSchema = z.enum(roles);
export type Role = z.infer<typeof roleSchema>;

/** What a route asks for. Roles hold permissions; nothing checks roles directly. */
export const permissions = [
  'instance:read',
  'instance:write',
  'instance:console',
  'image:read',
  'image:write',
  'image:import',
  'compute-pool:read',
  'compute-pool:write',
  'node:read',
  'node:write',
  'component:read',
  'component:write',
  'operation:read',
  'operation:write',
  'event:read',
  'system:read',
  'user:read',
  'user:write',
] as const;
export type Permission = (typeof permissions)[number];

export const rolePermissions: Record<Role, readonly Permission[]> = {
  administrator: permissions,
  operator: [
    'instance:read',
    'instance:write',
    'instance:console',
    'image:read',
    'image:write',
    'compute-pool:read',
    'node:read',
    'component:read',
    'operation:read',
    'operation:write',
    'event:read',
    'system:read',
  ],
  viewer: [
    'instance:read',
    'image:read',
    'compute-pool:read',
    'node:read',
    'component:read',
    'operation:read',
    'event:read',
    'system:read',
  ],
};

export function roleMay(role: Role, permission: Permission): boolean {
  return rolePermissions[role].includes(permission);
}

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
