/**
 * The registrations that this Data Server hears: each is a `register` stream, judged by the caller's heartbeat (`suspect` after
 * 3 s of silence, `gone` after 5 s), also after the stream has ended, until it comes back somewhere.
 */
import type { ComponentId } from '@zhiyun/contracts';
import type { ComponentRecord, LinkAddress } from '@zhiyun/contracts/links';
import { type Logger, newId } from '@zhiyun/kernel';
import { goneMs, type LinkContext, suspectMs } from '@zhiyun/link';
import type { Store } from '@zhiyun/store';
import type { ComponentList } from './component-list.ts';
import { dropUnheard, register, setClosed, setState } from './registration-rows.ts';

interface Heard {
  id: ComponentId;
  silentMs: () => number;
  isOpen: boolean;
  /** As in the row. */
  state: ComponentRecord['state'];
  isWriting: boolean;
}

export class Registrations {
  readonly #selfId: ComponentId;
  readonly #store: Store;
  readonly #list: ComponentList;
  readonly #log: Logger;
  readonly #heard = new Map<string, Heard>();
  readonly #endings = new Set<Promise<void>>();

  constructor(selfId: ComponentId, store: Store, list: ComponentList, log: Logger) {
    this.#selfId = selfId;
    this.#store = store;
    this.#list = list;
    this.#log = log;
    list.onChange(() => this.#takeOver());
  }

  /** The body of the `register` stream. Throws `join-refused` when the same component is heard elsewhere. */
  async *register(
    { name, address }: { name: string; address: LinkAddress },
    { caller, signal, silentMs }: Pick<LinkContext, 'caller' | 'signal' | 'silentMs'>,
  ): AsyncGenerator<{ associates: ComponentRecord[] }> {
    const session = newId<string>();
    const heard: Heard = { id: caller.id, silentMs, isOpen: true, state: 'online', isWriting: true };
    this.#heard.set(session, heard);
    try {
      const registration = { ...caller, name, address, dataServerId: this.#selfId, session };
      await register(this.#store, registration, (other) => this.#isHeard(other));
      heard.isWriting = false;
    } catch (error) {
      this.#heard.delete(session);
      throw error;
    }
    for (const [other, { id }] of this.#heard) if (id === caller.id && other !== session) this.#heard.delete(other);
    this.#log.info({ ...caller, name, address }, `${caller.type} "${name}" is here`);
    try {
      yield* this.#follow(caller, session, signal);
    } finally {
      heard.isOpen = false;
      if (this.#heard.has(session)) await this.#noteEnd(session);
    }
  }

  async goodbye(id: ComponentId): Promise<void> {
    for (const [session, heard] of this.#heard) {
      if (heard.id !== id) continue;
      this.#heard.delete(session);
      await setState(this.#store, session, { state: 'gone', isOpen: false });
    }
  }

  /** Resolves when the ends of all streams that are over are in the database. */
  async settled(): Promise<void> {
    await Promise.all(this.#endings);
  }

  async #noteEnd(session: string): Promise<void> {
    const ending = setClosed(this.#store, session).catch((error: unknown) => {
      this.#log.warn({ error, session }, 'the end of a registration could not be noted');
    });
    this.#endings.add(ending);
    await ending;
    this.#endings.delete(ending);
  }

  /** Called a few times a second. */
  judge(): void {
    for (const [session, heard] of this.#heard) {
      const state = judged(heard.silentMs());
      if (state === heard.state || heard.isWriting) continue;
      heard.isWriting = true;
      this.#log.info({ component: heard.id, state }, `component is ${state}`);
      void setState(this.#store, session, { state, isOpen: heard.isOpen && state !== 'gone' })
        .then(() => {
          heard.state = state;
          if (state === 'gone' && !heard.isOpen) this.#heard.delete(session);
        })
        .catch((error: unknown) =>
          this.#log.warn({ error, component: heard.id }, 'a state could not be written; trying on'),
        )
        .finally(() => {
          heard.isWriting = false;
        });
    }
  }

  async dropUnheard(): Promise<void> {
    await dropUnheard(this.#store, this.#selfId, [...this.#heard.keys()]);
  }

  /** What the rows say now: another Data Server may have given us up while we could not reach the database. */
  #takeOver(): void {
    for (const { session, state } of this.#list.all) {
      const heard = this.#heard.get(session);
      if (heard && !heard.isWriting) heard.state = state;
    }
  }

  #isHeard(session: string): boolean {
    const heard = this.#heard.get(session);
    return heard?.isOpen === true && heard.silentMs() < suspectMs;
  }

  /** The list of associates now and after each change of it, until the caller leaves or registers elsewhere. */
  async *#follow(
    { id, type }: LinkContext['caller'],
    session: string,
    signal: AbortSignal,
  ): AsyncGenerator<{ associates: ComponentRecord[] }> {
    let last = '';
    let wake = () => {};
    using _changes = this.#list.onChange(() => wake());
    const onAbort = () => wake();
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      while (!signal.aborted && this.#heard.has(session)) {
        const { promise: changed, resolve } = Promise.withResolvers<void>();
        wake = resolve;
        const associates = this.#list.associatesOf(type, id);
        const text = JSON.stringify(associates);
        if (text !== last) yield { associates };
        last = text;
        if (!signal.aborted) await changed;
      }
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }
}

function judged(silentMs: number): ComponentRecord['state'] {
  if (silentMs >= goneMs) return 'gone';
  return silentMs >= suspectMs ? 'suspect' : 'online';
}
