/** Components as the API shows them: listed by name, found by id, by name, or by `type@name`. */

import { type Component, isUuid, type Page, say } from '@zhiyun/contracts';
import { type ComponentType, componentTypeSchema } from '@zhiyun/contracts/links';
import { PlatformError } from '@zhiyun/kernel';
import { type Database, decodeCursor, encodeCursor } from '@zhiyun/store';
import { type Kysely, sql } from 'kysely';
import { containing } from '../instance/name-search.ts';
import { notFound } from '../rest/named.ts';
import type { SeenComponent } from './own-view.ts';
import { type ShownComponent, shownComponents } from './shown-components.ts';

export interface ComponentQuery {
  limit: number;
  cursor?: string | undefined;
  type?: ComponentType | undefined;
  state?: Component['state'] | undefined;
  search?: string | undefined;
}

const list = 'components:name';

export async function listComponents(
  db: Kysely<Database>,
  seen: readonly SeenComponent[],
  query: ComponentQuery,
): Promise<Page<Component>> {
  const conditions = [sql`true`];
  if (query.type) conditions.push(sql`type = ${query.type}`);
  if (query.state) conditions.push(sql`state = ${query.state}`);
  if (query.search) conditions.push(sql`name ilike ${containing(query.search)}`);
  if (query.cursor !== undefined) {
    const [name, id] = decodeCursor(list, query.cursor, 2);
    conditions.push(sql`(name, id) > (${name}::text, ${id}::uuid)`);
  }
  const { rows } = await sql<ShownComponent>`
    select * from ${shownComponents(seen)} as component
    where ${sql.join(conditions, sql` and `)}
    order by name, id limit ${query.limit + 1}`.execute(db);
  const items = rows.slice(0, query.limit).map(componentOf);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > query.limit && last ? encodeCursor(list, [last.name, last.id]) : null };
}

/**
 * The component that is meant. `path`: the field of the request that names it; then a miss is `invalid-request` and points
 * there, else it is `not-found`. Throws `ambiguous-name` with what it could mean.
 */
export async function findComponent(
  db: Kysely<Database>,
  seen: readonly SeenComponent[],
  reference: string,
  path?: string,
): Promise<Component> {
  const { rows } = await sql<ShownComponent>`
    select * from ${shownComponents(seen)} as component
    where ${meant(reference)} order by type, id limit 20`.execute(db);
  const [first, second] = rows;
  if (first && !second) return componentOf(first);
  if (first) {
    const choices = rows.map((row) => choiceOf(row, rows)).join(', ');
    throw new PlatformError('ambiguous-name', say('component.ambiguous', { reference, choices }));
  }
  throw notFound('component', reference, path);
}

function meant(reference: string) {
  if (isUuid(reference)) return sql`id = ${reference}`;
  const at = reference.indexOf('@');
  const type = componentTypeSchema.safeParse(reference.slice(0, Math.max(at, 0)));
  return type.success ? sql`type = ${type.data} and name = ${reference.slice(at + 1)}` : sql`name = ${reference}`;
}

/** Two components of one type and name (a cloned machine) can only be told apart by their ids. */
function choiceOf({ id, type, name }: ShownComponent, all: readonly ShownComponent[]): string {
  return all.filter((other) => other.type === type).length === 1 ? `${type}@${name}` : `${id} (${type})`;
}

function componentOf(row: ShownComponent): Component {
  const { id, type, name, state, version, endpoint } = row;
  return {
    id,
    type,
    name,
    state,
    since: row.since.toISOString(),
    addresses: endpoint ? endpoint.hosts.map((host) => addressOf(host, endpoint.port)) : [],
    version,
    machine: endpoint?.machine ?? '',
    joinedAt: row.joined_at.toISOString(),
    clockSkewMs: row.clock_skew_ms,
  };
}

function addressOf(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
