/** How many components of each type are in each state; types that the domain does not have are left out. */
import { type ComponentState, componentStates, type System } from '@zhiyun/contracts';
import { type ComponentType, componentTypes } from '@zhiyun/contracts/links';
import type { Database } from '@zhiyun/store';
import { type Kysely, sql } from 'kysely';
import { countsOf } from '../system/counts-of.ts';
import type { SeenComponent } from './own-view.ts';
import { shownComponents } from './shown-components.ts';

export async function countComponents(
  db: Kysely<Database>,
  seen: readonly SeenComponent[],
): Promise<System['components']> {
  const { rows } = await sql<{ type: ComponentType; state: ComponentState; count: number }>`
    select type, state, count(*) from ${shownComponents(seen)} as component group by type, state`.execute(db);
  return componentTypes
    .map((type) => ({ type, found: rows.filter((row) => row.type === type) }))
    .filter(({ found }) => found.length > 0)
    .map(({ type, found }) => ({ type, counts: countsOf<ComponentState>(componentStates, found) }));
}
