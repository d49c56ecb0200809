/** Components as the API shows them: listed by name, found by id, by name, or by `type@name`. */

import type { Component, Page } from '@zhiyun/contracts';
import type { ComponentType } from '@zhiyun/contracts/links';
import { type Database, page } from '@zhiyun/store';
import { type Kysely, sql } from 'kysely';
import { notFound } from '../reference/named.ts';
import { resolveReference } from '../reference/resolve-reference.ts';
import type { SeenComponent } from './own-view.ts';
import { type ShownComponent, shownComponents } from './shown-components.ts';

export interface ComponentQuery {
  limit: number;
  cursor?: string | undefined;
  type?: ComponentType | undefined;
  state?: Component['state'] | undefined;
  search?: string | undefined;
}

export async function listComponents(
  db: Kysely<Database>,
  seen: readonly SeenComponent[],
  query: ComponentQuery,
): Promise<Page<Component>> {
  const conditions = [sql`true`];
  if (query.type) conditions.push(sql`type = ${query.type}`);
  if (query.state) conditions.push(sql`state = ${query.state}`);
  if (query.search) conditions.push(sql`name ilike ${containing(query.search)}`);
  return page<ShownComponent, Component>(query, {
    list: 'components:name',
    keyOf: ({ name, id }) => [name, id],
    keyLength: 2,
    async read(after, count) {
      const beyond = after ? sql`(name, id) > (${after[0]}::text, ${after[1]}::uuid)` : sql`true`;
      const { rows } = await sql<ShownComponent>`
        select * from ${shownComponents(seen)} as component
        where ${sql.join([...conditions, beyond], sql` and `)}
        order by name, id limit ${count}`.execute(db);
      return rows;
    },
    show: (rows) => rows.map(componentOf),
  });
}

/** Pattern of `ilike` for a part of a name, taken literally. */
function containing(part: string): string {
  return `%${part.replace(/[\\%_]/g, '\\$&')}%`;
}

/** Throws `not-found`; see `resolveReference` for the rest. */
export async function findComponent(
  db: Kysely<Database>,
  seen: readonly SeenComponent[],
  reference: string,
): Promise<Component> {
  const id = await resolveReference(db, 'component', reference);
  const { rows } = await sql<ShownComponent>`
    select * from ${shownComponents(seen)} as component where id = ${id}`.execute(db);
  const [row] = rows;
  if (!row) throw notFound('component', reference);
  return componentOf(row);
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
