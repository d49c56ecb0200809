/** What `up --json` prints when the host is ready, and what `platform.json` in the home keeps for other programs. */
import { z } from 'zod';
import { hostRoles } from './host-record.ts';

export const roleStatusSchema = z.object({
  role: z.enum(hostRoles),
  /** `waiting`: it could not start and is tried again; `detail` says why. */
  state: z.enum(['starting', 'running', 'waiting', 'stopping']),
  detail: z.string().optional(),
});
export type RoleStatus = z.infer<typeof roleStatusSchema>;

export const readyInfoSchema = z.object({
  /** Of the gateway, on hosts that run one. */
  url: z.url().optional(),
  /** The user a new domain starts with, and the file with its first password (made once, 0600); where the domain was made. */
  username: z.string().optional(),
  passwordFile: z.string().optional(),
  /** PEM of the platform's certificate authority. */
  caFile: z.string(),
  host: z.string(),
  domain: z.string(),
  roles: z.array(roleStatusSchema),
  pid: z.int(),
  version: z.string(),
  startedAt: z.iso.datetime(),
});
export type ReadyInfo = z.infer<typeof readyInfoSchema>;
