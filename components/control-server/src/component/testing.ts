/** Rows of components for tests, as Data Servers write them. */
import type { ComponentId, ComponentState } from '@zhiyun/contracts';
import type { ComponentType } from '@zhiyun/contracts/links';
import { newId } from '@zhiyun/kernel';
import { acquireLease, type Store } from '@zhiyun/store';

export interface TestComponent {
  id?: ComponentId;
  type: ComponentType;
  /** Undefined: it has joined and was never heard of. */
  name?: string;
  state?: ComponentState;
  since?: Date;
  removed?: boolean;
  hosts?: string[];
  /** Of a Data Server: how long its lease is still good. */
  leaseMs?: number;
}

export async function putComponent(store: Store, component: TestComponent): Promise<ComponentId> {
  const { id = newId<ComponentId>(), type, name, state = 'online', hosts = ['10.0.0.1'] } = component;
  const now = new Date();
  await store.db
    .insertInto('component')
    .values({ id, type, public_key_sha256: id, joined_at: now, removed_at: component.removed ? now : null })
    .execute();
  if (name !== undefined)
    await store.db
      .insertInto('registration')
      .values({
        component_id: id,
        name,
        endpoint: { hosts, port: 7000, machine: `machine of ${name}` },
        version: '1.0.0',
        life: newId<string>(),
        clock_skew_ms: 12,
        state,
        since: component.since ?? now,
        data_server_id: id,
        session: newId<string>(),
        is_open: state !== 'gone',
      })
      .execute();
  if (component.leaseMs !== undefined) await acquireLease(store, `data-server/${id}`, id, component.leaseMs);
  return id;
}
