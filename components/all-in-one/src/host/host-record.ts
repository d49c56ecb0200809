/** `<home>/host.json`: what this host is. Written when its roles change, so that `up` needs no arguments ever after. */
import { nameSchema, say } from '@zhiyun/contracts';
import { type ComponentType, componentTypes } from '@zhiyun/contracts/links';
import { PlatformError, readKept, versioned, writeKept } from '@zhiyun/kernel';
import { z } from 'zod';

/** In the order in which they are started. */
export const hostRoles = [
  'data-server',
  'control-server',
  'storage-server',
  'node-client',
  'http-gateway',
] as const satisfies readonly ComponentType[];
export type HostRole = (typeof hostRoles)[number];

const hostRecordSchema = z.object({
  /** How its components call themselves. */
  name: z.string().min(1).max(63),
  /** This host made the domain: it may keep the domain's database, private to it. */
  founded: z.boolean(),
  roles: z.array(z.enum(hostRoles)),
  /** Its instances are only pretended: once so, always so. */
  simulated: z.boolean().default(false),
});
export type HostRecord = z.infer<typeof hostRecordSchema>;

export const hostRecordShape = versioned({ what: say('version.host-record'), schema: hostRecordSchema });

export function readHostRecord(path: string): Promise<HostRecord | undefined> {
  return readKept(path, hostRecordShape, 'restore it from a backup');
}

export async function writeHostRecord(path: string, record: HostRecord): Promise<void> {
  await writeKept(path, hostRecordShape, record);
}

/** `node-client,storage-server`, in the order of starting. Throws `invalid-request`. */
export function parseRoles(text: string): HostRole[] {
  const wanted = new Set(
    text
      .split(',')
      .map((role) => role.trim())
      .filter(Boolean),
  );
  const roles = hostRoles.filter((role) => wanted.delete(role));
  const [unknown] = wanted;
  if (unknown === undefined && roles.length > 0) return roles;
  const known = (componentTypes as readonly string[]).includes(unknown ?? '');
  const what =
    unknown === undefined
      ? '--role names no role'
      : known
        ? `no host can run a ${unknown} yet`
        : `there is no role ${JSON.stringify(unknown)}`;
  throw new PlatformError('invalid-request', `${what}; choose from ${hostRoles.join(', ')}.`);
}

/** Throws `invalid-request`. Short, for it travels in every answer to a question of who is there. */
export function parseDomainName(text: string): string {
  const parsed = nameSchema.safeParse(text);
  if (parsed.success) return parsed.data;
  const why = parsed.error.issues.map(({ message }) => message).join('; ');
  throw new PlatformError('invalid-request', `--domain ${JSON.stringify(text)} ${why}.`);
}
