/** Roles (角色), the widest first: each holds all permissions of those behind it. */
import { z } from 'zod';

export const roles = ['administrator', 'operator', 'viewer'] as const;
export const roleSchema = z.enum(roles);
export type Role = z.infer<typeof roleSchema>;
