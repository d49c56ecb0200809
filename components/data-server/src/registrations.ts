/**
 * Failure detector for the registrations at this Data Server, by heartbeat: `suspect` after 3 s of silence, `gone`
 * after 5 s, also after the stream has ended, until the component registers elsewhere.
 */
import type { ComponentId, ComponentState } from '@zhiyun/contracts';
import type { Associates, LinkEndpoint, SeenLink } from '@zhiyun/contracts/links';
import { Batches, type Clock, type Logger, newId, PlatformError, Slots } from '@zhiyun/kernel';
import { goneMs, type LinkContext, suspectMs } from '@zhiyun/link';
import { failureLevel, type Store } from '@zhiyun/store';
import type { ComponentList, ListChange } from './component-list.ts';
import { type ComponentName, type Registered, removedError } from './component-rows.ts';
import { type Follower, Followers } from './followers.ts';
import { type NewRegistration, type Refusal, registerComponents } from './register-components.ts';
import { readDeadDataServers, type StateChange, setAllClosed, setClosed, setStates } from './registration-rows.ts';
import { type LinkReport, ReportedLinks } from './reported-links.ts';

/** Batching when a whole domain returns. */
const crowd = { size: 3, waitMs: 25 };
/** Bounds concurrent writes when thousands leave at once, so that our own lease still gets a connection. */
const writers = 4;
/** Retry interval while another life of the component may still be alive. */
const askAgainMs = 250;

export interface Whereabouts {
  name: string;
  version: string;
  endpoint: LinkEndpoint;
  life: string;
  now: number;
}

export interface Heard {
  readonly session: string;
  readonly caller: ComponentName;
  readonly silentMs: LinkContext['silentMs'];
  readonly links: ReportedLinks;
  isOpen: boolean;
  /** As in the row. */
  state: ComponentState;
  /** The registry has shown this session: a different one there is later. */
  isListed: boolean;
  follower?: Follower;
}

interface Verdict extends StateChange {
  heard: Heard;
}

export interface RegistrationsOptions {
  selfId: ComponentId;
  store: Store;
  list: ComponentList;
  clock: Clock;
  log: Logger;
}

export class Registrations {
  readonly #options: RegistrationsOptions;
  readonly #followers = new Followers();
  /** By component. */
  readonly #heard = new Map<ComponentId, Heard>();
  /** Sessions that are being written. */
  readonly #arriving = new Set<string>();
  readonly #arrivals: Batches<NewRegistration, Refusal>;
  readonly #slots = new Slots(writers);
  readonly #endings = new Set<Promise<void>>();
  #judging: Promise<void> | undefined;
  /** Cached result: every listed component is heard here; valid until either set changes. */
  #isAllHeard = false;
  #isStopping = false;
  #isAway = false;

  constructor(options: RegistrationsOptions) {
    this.#options = options;
    this.#arrivals = new Batches((arrivals) => registerComponents(options.store, arrivals), { lanes: 2, crowd });
    options.list.onChange((change) => {
      this.#isAllHeard = false;
      this.#takeOver(change);
      this.#followers.tell(change);
    });
  }

  /** Serves the `register` stream. Throws as `admit`, and `component-removed` when that ends it. */
  async *register(
    whereabouts: Whereabouts,
    context: Pick<LinkContext, 'caller' | 'signal' | 'silentMs'>,
  ): AsyncGenerator<Associates, void> {
    const { caller, signal } = context;
    const heard = await this.admit(whereabouts, context);
    using follower = this.#followers.add(caller.type);
    heard.follower = follower;
    const onAbort = () => follower.end();
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted || this.#heard.get(caller.id) !== heard) follower.end();
    const { list } = this.#options;
    try {
      yield { whole: true, associates: list.associatesOf(caller.type, caller.id), removed: [...list.removed] };
      yield* follower.items();
    } finally {
      signal.removeEventListener('abort', onAbort);
      await this.#close(heard);
    }
  }

  /**
   * Throws `identity-in-use`, `component-removed`, or `unavailable` while members are redirected to other Data Servers.
   */
  async admit(
    { now, ...whereabouts }: Whereabouts,
    { caller, silentMs, signal }: Pick<LinkContext, 'caller' | 'silentMs'> & { signal?: AbortSignal },
  ): Promise<Heard> {
    const { selfId, clock, log } = this.#options;
    const session = newId<string>();
    const links = new ReportedLinks();
    const heard: Heard = { session, caller, silentMs, links, isOpen: true, state: 'online', isListed: false };
    const registration = { ...caller, ...whereabouts, session, dataServerId: selfId };
    const clockSkewMs = Math.round(now - clock.now());
    const heardHere = (other: string) => this.#isHeard(caller.id, other);
    this.#arriving.add(session);
    try {
      for (let refusal: Refusal = 'not-yet'; refusal; ) {
        signal?.throwIfAborted();
        if (this.#isAway) throw databaseLost();
        refusal = await this.#arrivals.run({ ...registration, clockSkewMs, heardHere });
        if (refusal === 'not-yet') await clock.sleep(askAgainMs, signal);
        else if (refusal) throw refusal;
      }
      this.#heard.get(caller.id)?.follower?.end();
      this.#heard.set(caller.id, heard);
    } finally {
      this.#arriving.delete(session);
      this.#isAllHeard = false;
    }
    const { name, endpoint, version } = whereabouts;
    log.info({ ...caller, name, endpoint, version }, `${caller.type} "${name}" is here`);
    return heard;
  }

  async goodbye(id: ComponentId): Promise<void> {
    const heard = this.#heard.get(id);
    if (!heard) return;
    this.#forget(heard);
    await setStates(this.#options.store, [{ id, session: heard.session, state: 'gone', isOpen: false }]);
  }

  /** Throws `wrong-state` when the reporter is not registered here. */
  reportLinks(id: ComponentId, report: LinkReport): void {
    const heard = this.#heard.get(id);
    if (!heard?.isOpen) {
      throw new PlatformError('wrong-state', `Component ${id} is not registered at this Data Server: register first.`);
    }
    heard.links.take(report);
  }

  get links(): (SeenLink & { from: ComponentId })[] {
    const open = [...this.#heard.values()].filter(({ isOpen }) => isOpen);
    return open.flatMap(({ caller: { id: from }, links }) => [...links.all].map((link) => ({ from, ...link })));
  }

  /** Called a few times a second. Skips a round while the last verdicts are being written. */
  judge(): void {
    if (this.#judging !== undefined) return;
    const verdicts = this.#verdicts();
    if (verdicts.length === 0) return;
    this.#judging = this.#carryOut(verdicts)
      .catch((error: unknown) =>
        this.#options.log[failureLevel(error)]({ error }, 'states could not be written; trying on'),
      )
      .finally(() => {
        this.#judging = undefined;
      });
  }

  /**
   * Marks unheard registrations gone: those at dead Data Servers and those of our own former life. Queries the database
   * only when needed.
   */
  async dropUnheard(): Promise<void> {
    if (this.#isAllHeard) return;
    const { selfId, store, list } = this.#options;
    const unheardHere: Registered[] = [];
    // As they are listed now: who comes later has been let in by a Data Server that was alive.
    const elsewhere = new Map<ComponentId, Registered[]>();
    for (const registered of list.all) {
      const { record, session, dataServerId } = registered;
      if (record.state === 'gone') continue;
      if (dataServerId === selfId) {
        const isHeard = this.#heard.get(record.id)?.session === session || this.#arriving.has(session);
        if (!isHeard) unheardHere.push(registered);
        continue;
      }
      const there = elsewhere.get(dataServerId);
      if (there) there.push(registered);
      else elsewhere.set(dataServerId, [registered]);
    }
    const dead = elsewhere.size > 0 ? await readDeadDataServers(store, [...elsewhere.keys()]) : [];
    const unheard = [...unheardHere, ...dead.flatMap((id) => elsewhere.get(id) ?? [])];
    this.#isAllHeard = unheard.length === 0 && elsewhere.size === 0;
    if (unheard.length === 0) return;
    const gone = { state: 'gone', isOpen: false } as const;
    await setStates(
      store,
      unheard.map(({ record: { id }, session }) => ({ id, session, ...gone })),
    );
  }

  /**
   * We lost the database. Others may still reach it and would soon consider our members lost, so members are redirected
   * to them until `comeBack`. Without other Data Servers nothing changes.
   */
  sendAway(): void {
    const { list, selfId } = this.#options;
    const hasOthers = list.ofType('data-server').some(({ id, state }) => id !== selfId && state === 'online');
    if (!hasOthers || this.#isAway) return;
    this.#isAway = true;
    for (const heard of this.#heard.values()) if (heard.follower) this.#forget(heard, databaseLost());
  }

  comeBack(): void {
    this.#isAway = false;
  }

  /** Call before the listener closes the streams: records all their ends at once. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await Promise.all([...this.#endings, this.#judging]);
    await setAllClosed(this.#options.store, this.#options.selfId);
  }

  #verdicts(): Verdict[] {
    const { clock, log } = this.#options;
    const now = clock.monotonicMs();
    const verdicts: Verdict[] = [];
    for (const heard of this.#heard.values()) {
      const state = judged(heard.silentMs(now));
      if (state === heard.state) continue;
      log.info({ component: heard.caller.id, state }, `${heard.caller.type} is ${state}`);
      const isOpen = heard.isOpen && state !== 'gone';
      verdicts.push({ heard, id: heard.caller.id, session: heard.session, state, isOpen });
    }
    return verdicts;
  }

  async #carryOut(verdicts: readonly Verdict[]): Promise<void> {
    await setStates(
      this.#options.store,
      verdicts.map(({ heard: _heard, ...change }) => change),
    );
    for (const { heard, state } of verdicts) {
      heard.state = state;
      if (state === 'gone' && !heard.isOpen) this.#forget(heard);
    }
  }

  /** Applies the rows: another Data Server may have declared a component gone or taken it over. */
  #takeOver({ registered, removed }: ListChange): void {
    for (const { record, session } of registered) {
      const heard = this.#heard.get(record.id);
      if (heard?.session === session) {
        heard.state = record.state;
        heard.isListed = true;
      } else if (heard?.isListed) this.#forget(heard);
    }
    for (const id of removed) {
      const heard = this.#heard.get(id);
      if (heard) this.#forget(heard, removedError(heard.caller.type));
    }
  }

  #forget(heard: Heard, reason?: Error): void {
    heard.follower?.end(reason);
    if (this.#heard.get(heard.caller.id) !== heard) return;
    this.#heard.delete(heard.caller.id);
    this.#isAllHeard = false;
  }

  async #close(heard: Heard): Promise<void> {
    heard.isOpen = false;
    if (this.#heard.get(heard.caller.id) !== heard) return;
    if (heard.state === 'gone') return this.#forget(heard);
    const ending = this.#noteEnd(heard);
    this.#endings.add(ending);
    await ending;
    this.#endings.delete(ending);
  }

  async #noteEnd({ caller: { id }, session }: Heard): Promise<void> {
    const { store, log } = this.#options;
    using _slot = await this.#slots.take();
    if (this.#isStopping || this.#heard.get(id)?.session !== session) return;
    await setClosed(store, id, session).catch((error: unknown) => {
      log[failureLevel(error)]({ error, component: id }, 'the end of a registration could not be noted');
    });
  }

  #isHeard(id: ComponentId, session: string): boolean {
    if (this.#arriving.has(session)) return true;
    const heard = this.#heard.get(id);
    return heard?.session === session && heard.isOpen && heard.silentMs(this.#options.clock.monotonicMs()) < suspectMs;
  }
}

function databaseLost(): PlatformError {
  return new PlatformError(
    'unavailable',
    'This Data Server has lost the database; others may have it. Register there.',
  );
}

function judged(silentMs: number): ComponentState {
  if (silentMs >= goneMs) return 'gone';
  return silentMs >= suspectMs ? 'suspect' : 'online';
}
