/**
 * Registers the Data Server itself, again when its addresses change, and holds the lease that shows that its
 * registrations are being watched.
 */
import { randomUUID } from 'node:crypto';
import type { LinkEndpoint } from '@zhiyun/contracts/links';
import type { Clock, Disposables, Logger } from '@zhiyun/kernel';
import { goneMs, listenMs, suspectMs } from '@zhiyun/link';
import { acquireLease, failureLevel, type Lease, renewLease, type Store } from '@zhiyun/store';
import type { ComponentName } from './component-rows.ts';
import { leaseName } from './registration-rows.ts';
import type { Registrations } from './registrations.ts';

/** Renewal interval: four attempts within the lease of 5 s; the others detect its loss within 6 s. */
const renewLeaseMs = 1_000;

export interface OwnPresenceOptions {
  self: ComponentName & { name: string };
  version: string;
  /** The present endpoint. */
  endpoint: () => LinkEndpoint;
  onAddresses: (listener: () => void) => Disposable;
  store: Store;
  registrations: Registrations;
  clock: Clock;
  log: Logger;
}

export class OwnPresence {
  readonly #options: OwnPresenceOptions;
  readonly #life = randomUUID();
  #lease: Lease | undefined;
  #heldSince = 0;
  #renewedAt = 0;
  #holding: Promise<void> | undefined;
  /** Our addresses differ from the registered ones; registered as soon as the database is reachable from them. */
  #hasMoved = false;

  constructor(options: OwnPresenceOptions) {
    this.#options = options;
  }

  /** Call first: the lease must be held before registrations are accepted, or others would count them as unheard. */
  async begin(ends: Disposables): Promise<void> {
    const { clock } = this.#options;
    await this.#holdLease();
    ends.use(
      clock.every(
        renewLeaseMs,
        this.#guard('keeping the lease of this Data Server', () => this.#keepLease()),
      ),
    );
  }

  async register(ends: Disposables): Promise<void> {
    const { self, registrations, onAddresses, clock } = this.#options;
    await this.#register();
    ends.add(() => registrations.goodbye(self.id));
    const onMoved = () => {
      this.#hasMoved = true;
      return this.#keepLease();
    };
    ends.use(onAddresses(this.#guard('registering at the new addresses', onMoved)));
    ends.use(clock.every(listenMs, () => registrations.judge()));
  }

  async #register(): Promise<void> {
    const { self, version, endpoint, registrations, clock } = this.#options;
    this.#hasMoved = false;
    const whereabouts = { name: self.name, version, endpoint: endpoint(), life: this.#life, now: clock.now() };
    try {
      await registrations.admit(whereabouts, { caller: { id: self.id, type: self.type }, silentMs: () => 0 });
    } catch (error) {
      this.#hasMoved = true;
      throw error;
    }
  }

  async #keepLease(): Promise<void> {
    const { registrations, clock } = this.#options;
    // Not only when it fails: a database that does not answer keeps us waiting.
    if (clock.monotonicMs() - this.#renewedAt >= suspectMs) {
      this.#lease = undefined;
      registrations.sendAway();
    }
    this.#holding ??= this.#holdLease().finally(() => {
      this.#holding = undefined;
    });
    await this.#holding;
  }

  /**
   * Declares unheard registrations gone, but only after we were present long enough for members to return: after our
   * own absence all leases may have expired although everybody is alive.
   */
  async #holdLease(): Promise<void> {
    const { self, store, registrations, clock } = this.#options;
    if (!this.#lease || !(await renewLease(store, this.#lease, goneMs))) {
      this.#lease = await acquireLease(store, leaseName(self.id), self.id, goneMs);
      this.#heldSince = clock.monotonicMs();
    }
    this.#renewedAt = clock.monotonicMs();
    registrations.comeBack();
    if (this.#hasMoved) await this.#register();
    if (clock.monotonicMs() - this.#heldSince >= goneMs) await registrations.dropUnheard();
  }

  #guard(what: string, task: () => Promise<void>): () => void {
    return () =>
      void task().catch((error: unknown) =>
        this.#options.log[failureLevel(error)]({ error }, `${what} failed; trying on`),
      );
  }
}
