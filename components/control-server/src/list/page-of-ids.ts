/**
 * The ids of one page of a list, in its order, continued by keyset, so that page 2,000 costs what page 1 does. A
 * search is the hard case, and whatever else is found in another table: whether walking the list or asking there is quick depends
 * on how many match and where they lie.
 */
import { mostCounted } from '@zhiyun/contracts';
import { anyOf, type Database, plannedAnew } from '@zhiyun/store';
import { type Kysely, type RawBuilder, sql } from 'kysely';

/** A condition that no index of the list itself answers. */
export interface Narrowing {
  /** Selects the ids of those that may match, by an index. */
  readonly candidates: RawBuilder<unknown>;
  /** Exact, of one row. */
  readonly matches: RawBuilder<unknown>;
}

export interface PageQuery {
  table: 'instance' | 'image' | 'node' | 'compute_pool';
  /** What rows are ordered by; together they tell two rows apart. */
  keys: readonly string[];
  descending: boolean;
  conditions: readonly RawBuilder<unknown>[];
  narrowings: readonly (Narrowing | undefined)[];
  /** Beyond the last row of the page before. */
  after: RawBuilder<unknown> | undefined;
  limit: number;
}

/** Before whatever filters: what is the best plan depends on how many rows have the value. */
const anew = sql.raw(plannedAnew);

/** So many rows are looked through before the index of words is asked: enough for what most rows match. */
const walkedFirst = 500;
/** So many are read by their ids; with more, walking meets one often enough. */
const fewCandidates = 2_000;

/** To be used as `id in …`. One row more than the page, when there is one. */
export async function pageOfIds(db: Kysely<Database>, query: PageQuery): Promise<RawBuilder<unknown>> {
  const { table, limit } = query;
  const narrowings = query.narrowings.filter((narrowing) => narrowing !== undefined);
  const after = query.after ? [query.after] : [];
  const walk = (conditions: readonly RawBuilder<unknown>[], from: RawBuilder<unknown> = sql.table(table)) =>
    sql`(select id from ${from} ${where(conditions)} ${order(query)} limit ${limit + 1})`;
  const conditions = [...query.conditions, ...narrowings.map(({ matches }) => matches)];
  if (narrowings.length === 0) return walk([...conditions, ...after]);

  const first = sql`(select * from ${sql.table(table)} ${where(after)} ${order(query)} limit ${walkedFirst}) as ${sql.ref(table)}`;
  const { rows: found } = await sql<{ id: string }>`${walk(conditions, first)}`.execute(db);
  if (found.length > limit) return idsOf(found);
  for (const { candidates } of narrowings) {
    const { rows: few } = await sql<{ id: string }>`${anew} ${candidates} limit ${fewCandidates + 1}`.execute(db);
    if (few.length <= fewCandidates)
      return walk([sql`id = ${anyOf(few.map(({ id }) => id))}`, ...conditions, ...after]);
  }
  return walk([...conditions, ...after]);
}

/** How many there are on all pages, counted up to `mostCounted`. */
export async function countIds(db: Kysely<Database>, query: Omit<PageQuery, 'limit' | 'after'>): Promise<number> {
  const ids = await pageOfIds(db, { ...query, after: undefined, limit: mostCounted - 1 });
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from ${ids} as fitting`.execute(db);
  return rows[0]?.count ?? 0;
}

function idsOf(rows: readonly { id: string }[]): RawBuilder<unknown> {
  return sql`(select unnest(${`{${rows.map(({ id }) => id).join(',')}}`}::uuid[]))`;
}

function where(conditions: readonly RawBuilder<unknown>[]): RawBuilder<unknown> {
  return conditions.length > 0 ? sql`${anew} where ${sql.join(conditions, sql` and `)}` : sql``;
}

function order({ keys, descending }: Pick<PageQuery, 'keys' | 'descending'>): RawBuilder<unknown> {
  const direction = sql.raw(descending ? 'desc' : 'asc');
  return sql`order by ${sql.join(keys.map((key) => sql`${sql.ref(key)} ${direction}`))}`;
}
