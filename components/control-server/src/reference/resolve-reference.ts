/** References in requests: wherever a resource is meant, its id or its name will do. The one way to resolve them, with one error. */
import { isUuid, type KindName, type KindNamed, say } from '@zhiyun/contracts';
import { componentTypeSchema } from '@zhiyun/contracts/links';
import { Batches, PlatformError } from '@zhiyun/kernel';
import type { Database } from '@zhiyun/store';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { z } from 'zod';
import { notFound, nounOf } from './named.ts';

type Snake<Text extends string> = Text extends `${infer First}-${infer Rest}` ? `${First}_${Snake<Rest>}` : Text;
type HasName<Name> =
  Snake<Name & string> extends infer Table
    ? Table extends keyof Database
      ? 'name' extends keyof Database[Table]
        ? Name
        : never
      : never
    : never;
/** Kinds whose table has their name (`ssh-key`: `ssh_key`) and a column `name`, and those that say here how they are found. */
export type ReferableKind = Extract<
  KindName,
  { [Name in KindName]: HasName<Name> }[KindName] | keyof typeof particular
>;
export type IdOf<Name extends KindName> = z.output<KindNamed<Name>['idSchema']>;

interface Found {
  id: string;
  /** How this one of several of that name is named exactly; default: by its id. */
  exact?: string;
}
type LookUp = (db: Kysely<Database>, reference: string) => Promise<readonly Found[]>;

/** Kinds with a word of their own. */
const particular = {
  user: (db, reference) => lookUp(db, 'app_user', 'username', reference),
  'compute-pool': (db, reference) => shared(db, reference),
  component: lookUpComponent,
} as const satisfies Partial<Record<KindName, LookUp>>;

/**
 * The id that is meant. `path`: the field of the request that names it; then a miss is `invalid-request` and points there, else it is
 * `not-found`. `within`: what else a row must be, where names are unique only within something. Throws `ambiguous-name`.
 */
export async function resolveReference<Name extends ReferableKind>(
  db: Kysely<Database>,
  kind: Name,
  reference: string,
  path?: string,
  within?: RawBuilder<unknown>,
): Promise<IdOf<Name>> {
  const own: LookUp | undefined = within ? undefined : (particular as Partial<Record<KindName, LookUp>>)[kind];
  const found = await (own?.(db, reference) ?? lookUp(db, kind.replaceAll('-', '_'), 'name', reference, within));
  const [first, second] = found;
  if (second) throw ambiguous(kind, reference, found);
  if (first) return first.id as IdOf<Name>;
  throw notFound(kind, reference, path);
}

function ambiguous(kind: ReferableKind, reference: string, found: readonly Found[]): PlatformError {
  const choices = found.flatMap(({ exact }) => exact ?? []).join(', ');
  const sentence = choices
    ? say('common.ambiguous-choices', { reference, choices })
    : say('common.ambiguous', { kind: nounOf(kind), reference });
  return new PlatformError('ambiguous-name', sentence);
}

/** Two at most. */
async function lookUp(
  db: Kysely<Database>,
  table: string,
  nameColumn: string,
  reference: string,
  within: RawBuilder<unknown> = sql`true`,
): Promise<Found[]> {
  const column = isUuid(reference) ? 'id' : nameColumn;
  const { rows } = await sql<Found>`
    select id from ${sql.table(table)} where ${sql.ref(column)} = ${reference} and ${within} limit 2`.execute(db);
  return rows;
}

/** Also by `type@name`: a machine's components share its name. Removed ones are not meant. */
async function lookUpComponent(db: Kysely<Database>, reference: string): Promise<Found[]> {
  const at = reference.indexOf('@');
  const type = componentTypeSchema.safeParse(reference.slice(0, Math.max(at, 0)));
  const meant = isUuid(reference)
    ? sql`id = ${reference}`
    : type.success
      ? sql`type = ${type.data} and name = ${reference.slice(at + 1)}`
      : sql`name = ${reference}`;
  const { rows } = await sql<{ id: string; type: string; name: string }>`
    select id, type, coalesce(name, '') as name
    from component left join registration on component_id = id
    where removed_at is null and ${meant} order by type, id limit 20`.execute(db);
  // Two of one type and name (a cloned machine) can only be told apart by their ids.
  const exactly = ({ id, type, name }: (typeof rows)[number]) =>
    rows.filter((other) => other.type === type).length === 1 ? `${type}@${name}` : `${id} (${type})`;
  return rows.map((row) => ({ id: row.id, exact: exactly(row) }));
}

const pools = new WeakMap<Kysely<Database>, Batches<string, readonly Found[]>>();

/** Instances are created by the hundred, in few pools: who asks for the same one at the same time shares a look. */
function shared(db: Kysely<Database>, reference: string): Promise<readonly Found[]> {
  const looks =
    pools.get(db) ??
    new Batches<string, readonly Found[]>(async (references) => {
      const found = new Map<string, Promise<Found[]>>();
      for (const one of new Set(references)) found.set(one, lookUp(db, 'compute_pool', 'name', one));
      return Promise.all(references.map((one) => found.get(one) ?? []));
    });
  pools.set(db, looks);
  return looks.run(reference);
}
