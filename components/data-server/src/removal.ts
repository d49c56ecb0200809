/** Taking a component out of the domain, for good. */
import type { ComponentId } from '@zhiyun/contracts';
import { PlatformError } from '@zhiyun/kernel';
import type { Store } from '@zhiyun/store';
import { sql } from 'kysely';
import { recordRemoved } from './component-events.ts';
import { lockComponents, readComponent, ring } from './component-rows.ts';

/** Every Data Server is notified and disconnects it. Idempotent. Throws `not-found`. */
export async function removeComponent(store: Store, id: ComponentId): Promise<void> {
  await store.tx(async (tx) => {
    const isMember = (await lockComponents(tx, [id])).has(id);
    const component = await readComponent(tx, id);
    if (!component) throw new PlatformError('not-found', `The domain knows no component ${id}.`);
    if (!isMember) return;
    await tx.updateTable('component').set({ removed_at: sql`clock_timestamp()` }).where('id', '=', id).execute();
    const registration = await tx
      .deleteFrom('registration')
      .where('component_id', '=', id)
      .returning('name')
      .executeTakeFirst();
    // One that has joined and was never heard of has no name.
    await recordRemoved(tx, { ...component, name: registration?.name ?? id });
    await ring(tx, [id]);
  });
}
