/** The rows of SSH keys. Names and keys are unique among those of one owner. */
import { createHash } from 'node:crypto';
import {
  type Event,
  type Page,
  type parsePublicKey,
  type SshKey,
  type SshKeyId,
  say,
  type UserId,
} from '@zhiyun/contracts';
import { fieldError, isoTime, newId, PlatformError } from '@zhiyun/kernel';
import { type Database, page, recordEvent, type Store, violatedConstraint } from '@zhiyun/store';
import { type Kysely, type Selectable, sql } from 'kysely';
import { notFound, uniqueName } from '../reference/named.ts';
import { resolveReference } from '../reference/resolve-reference.ts';

type SshKeyRow = Selectable<Database['ssh_key']>;
type PublicKey = Extract<ReturnType<typeof parsePublicKey>, { blob: Uint8Array }>;
type Actor = NonNullable<Event['actor']>;

export function listSshKeys(
  db: Kysely<Database>,
  owner: UserId,
  query: { limit: number; cursor?: string | undefined },
): Promise<Page<SshKey>> {
  return page<SshKeyRow, SshKey>(query, {
    list: 'ssh-keys:name',
    keyOf: ({ name }) => [name],
    read(after, count) {
      const keys = db.selectFrom('ssh_key').selectAll().where('owner_id', '=', owner).orderBy('name').limit(count);
      return (after ? keys.where('name', '>', String(after[0])) : keys).execute();
    },
    show: (rows) => rows.map(sshKeyOf),
  });
}

/** By id or name, among those of `owner`. Throws `not-found`. */
export async function findSshKey(db: Kysely<Database>, owner: UserId, reference: string): Promise<SshKey> {
  const id = await resolveReference(db, 'ssh-key', reference, undefined, sql`owner_id = ${owner}`);
  const row = await db.selectFrom('ssh_key').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw notFound('ssh-key', reference);
  return sshKeyOf(row);
}

/** Throws `name-taken`, and `in-use` for a key that its owner has already. */
export async function insertSshKey(
  store: Store,
  owner: Actor,
  name: string,
  key: PublicKey,
  at: Date,
): Promise<SshKey> {
  const { type, bits, base64, comment } = key;
  const row: SshKeyRow = {
    ...{ id: newId<SshKeyId>(), owner_id: owner.id, name, type, bits, comment, created_at: at },
    fingerprint: fingerprintOf(key.blob),
    public_key: `${type} ${base64}`,
  };
  try {
    await store.tx(async (tx) => {
      const inserting = tx.insertInto('ssh_key').values(row).execute();
      await uniqueName('ssh-key', name, 'ssh_key_owner_id_name_key', inserting);
      await record(tx, 'ssh-key.created', row, owner);
    });
  } catch (error) {
    if (violatedConstraint(error) !== 'ssh_key_owner_id_fingerprint_key') throw error;
    throw await knownAlready(store.db, row);
  }
  return sshKeyOf(row);
}

/** Gone already: nothing to do. */
export async function deleteSshKey(store: Store, id: SshKeyId, actor: Actor): Promise<void> {
  await store.tx(async (tx) => {
    const row = await tx.deleteFrom('ssh_key').where('id', '=', id).returningAll().executeTakeFirst();
    if (row) await record(tx, 'ssh-key.deleted', row, actor);
  });
}

/** As `ssh-keygen -l` writes it. */
export function fingerprintOf(blob: Uint8Array): string {
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}

async function knownAlready(db: Kysely<Database>, { owner_id, fingerprint }: SshKeyRow): Promise<PlatformError> {
  const keys = db.selectFrom('ssh_key').select('name').where('owner_id', '=', owner_id);
  const known = await keys.where('fingerprint', '=', fingerprint).executeTakeFirst();
  const name = known?.name ?? '?';
  const errors = [fieldError('publicKey', say('field.ssh-key-known', { name }))];
  return new PlatformError('in-use', say('ssh-key.known', { name }), { errors });
}

function record(
  tx: Parameters<typeof recordEvent>[0],
  kind: 'ssh-key.created' | 'ssh-key.deleted',
  row: SshKeyRow,
  actor: Actor,
) {
  const { id, name, type, fingerprint } = row;
  return recordEvent(tx, { kind, subject: { kind: 'ssh-key', id, name }, data: { type, fingerprint }, actor });
}

function sshKeyOf(row: SshKeyRow): SshKey {
  const { id, name, type, bits, fingerprint, comment } = row;
  const publicKey = comment ? `${row.public_key} ${comment}` : row.public_key;
  return { id, name, type, bits, fingerprint, comment, publicKey, createdAt: isoTime(row.created_at.getTime()) };
}
