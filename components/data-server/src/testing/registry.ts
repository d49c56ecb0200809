/** For tests: Data Servers without their listeners, on one database, and components that call them directly. */
import { randomUUID } from 'node:crypto';
import type { ComponentId } from '@zhiyun/contracts';
import type { Associates, ComponentType } from '@zhiyun/contracts/links';
import { type Clock, Disposables, newId, silentLogger, systemClock } from '@zhiyun/kernel';
import { acquireLease, openStore, type Store } from '@zhiyun/store';
import { createTestStore } from '@zhiyun/testkit';
import { ComponentList } from '../component-list.ts';
import { addComponent } from '../component-rows.ts';
import { leaseName } from '../registration-rows.ts';
import { Registrations, type Whereabouts } from '../registrations.ts';

export interface Registry {
  id: ComponentId;
  store: Store;
  list: ComponentList;
  registrations: Registrations;
  state(id: ComponentId): string | undefined;
}

export interface TestDomain extends AsyncDisposable {
  store: Store;
  /** `wrap`: to watch what it asks of the database. */
  startRegistry(options?: { clock?: Clock; leaseMs?: number; wrap?: (store: Store) => Store }): Promise<Registry>;
}

export async function createTestDomain(): Promise<TestDomain> {
  const ends = new Disposables();
  const database = ends.use(await createTestStore());
  return {
    store: database.store,
    async startRegistry({ clock = systemClock, leaseMs = 60_000, wrap = (store: Store) => store } = {}) {
      const opened = await openStore({ url: database.url, log: silentLogger, maxConnections: 4 });
      ends.add(() => opened.close());
      const store = wrap(opened);
      const id = newId<ComponentId>();
      await acquireLease(store, leaseName(id), id, leaseMs);
      const list = new ComponentList(store, clock, silentLogger);
      await list.follow(ends);
      const registrations = new Registrations({ selfId: id, store, list, clock, log: silentLogger });
      const state = (of: ComponentId) => [...list.all].find(({ record }) => record.id === of)?.record.state;
      return { id, store, list, registrations, state };
    },
    [Symbol.asyncDispose]: () => ends[Symbol.asyncDispose](),
  };
}

/** One process that lives, may fall silent, and registers wherever it likes. */
export class TestComponent {
  readonly caller: { id: ComponentId; type: ComponentType };
  readonly life = randomUUID();
  silent = 0;
  port: number;
  machine: string;
  host: string;
  skewMs = 0;

  constructor(type: ComponentType, { id = newId<ComponentId>(), port = 1, machine = 'here', host = '192.0.2.1' } = {}) {
    this.caller = { id, type };
    this.port = port;
    this.machine = machine;
    this.host = host;
  }

  static async join(store: Store, type: ComponentType, id = newId<ComponentId>()): Promise<TestComponent> {
    const component = new TestComponent(type, { id });
    await addComponent(store.db, { ...component.caller, key: 'key', now: Date.now() });
    return component;
  }

  /** The same identity in another process. */
  twin(place: { port?: number; machine?: string; host?: string }): TestComponent {
    return new TestComponent(this.caller.type, {
      id: this.caller.id,
      port: this.port,
      machine: this.machine,
      host: this.host,
      ...place,
    });
  }

  get whereabouts(): Whereabouts {
    const endpoint = { hosts: [this.host], port: this.port, machine: this.machine };
    return { name: 'n1', version: '1.2.3', endpoint, life: this.life, now: Date.now() + this.skewMs };
  }

  /** Registered, once its first item is there. */
  async register({ registrations }: Registry): Promise<OpenRegistration> {
    const leaving = new AbortController();
    const context = { caller: this.caller, signal: leaving.signal, silentMs: () => this.silent };
    const items = registrations.register(this.whereabouts, context);
    const { value } = await items.next();
    if (!value) throw new Error('The stream ended before its first item');
    return { whole: value, items, leave: () => leaving.abort() };
  }
}

export interface OpenRegistration {
  whole: Associates;
  items: AsyncGenerator<Associates, void>;
  /** As when the connection breaks. */
  leave(): void;
}
