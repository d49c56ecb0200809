/**
 * Reconciliation loop of the guest network: observe, compare, repair, observe again. Cheap checks run often, complete
 * ones now and then, and the kernel's change notifications trigger one at once.
 */
import type { NetworkReport } from '@zhiyun/contracts';
import { type Clock, Emitter, type Logger } from '@zhiyun/kernel';
import { FindingBook } from './finding-book.ts';
import { diffNetwork, type Fault, type Part, type Repair } from './network-diff.ts';
import type { ObservedNetwork, WantedNetwork } from './network-state.ts';
import { RulesetMonitor } from './ruleset-monitor.ts';
import { type TouchedLinks, withoutLinks } from './touched-links.ts';

/** Parts that are observed together. */
export type Look = 'quick' | 'rules' | 'firewalls' | 'rest';
export const looks: readonly Look[] = ['quick', 'rules', 'firewalls', 'rest'];

const tickMs = 2_000;
/** Interval of each check, in ticks. */
const rhythm: Record<Look, number> = { quick: 1, rules: 5, rest: 5, firewalls: 30 };
/** Coalesces notifications: loading a firewall makes hundreds of changes. */
const settleMs = 300;
/** Back-off of a failing repair. */
const retryMs = 5_000;

export interface KeeperOptions {
  shortId: string;
  wanted: () => WantedNetwork;
  observe: (look: Look) => Promise<ObservedNetwork>;
  repairs: Record<Repair, () => Promise<void>>;
  touched: TouchedLinks;
  clock: Clock;
  log: Logger;
}

export class NetworkKeeper implements AsyncDisposable {
  readonly changed = new Emitter<NetworkReport>();
  readonly #options: KeeperOptions;
  readonly #book: FindingBook;
  readonly #waiting = new Map<Look, Promise<void>>();
  readonly #stopping = new AbortController();
  readonly #failedAt = new Map<Repair, number>();
  #monitor: RulesetMonitor | undefined;
  #timer: Disposable | undefined;
  #serial: Promise<unknown> = Promise.resolve();
  #by: string | null = null;

  constructor(options: KeeperOptions) {
    this.#options = options;
    this.#book = new FindingBook(options.clock);
    this.#book.changed.on((report) => this.changed.emit(report));
  }

  get report(): NetworkReport {
    return this.#book.report;
  }

  /** Resolves after the first complete check. */
  async start(): Promise<void> {
    const { shortId, clock, log } = this.#options;
    this.#monitor = new RulesetMonitor({ shortId, clock, log, onChange: ({ of, by }) => this.#hear(of, by) });
    let tick = 0;
    this.#timer = clock.every(tickMs, () => {
      tick++;
      for (const look of looks) if (tick % rhythm[look] === 0) void this.look(look);
    });
    await Promise.all(looks.map((look) => this.look(look)));
  }

  /** Mutual exclusion for changes to the machine. */
  alone<T>(task: () => Promise<T>): Promise<T> {
    const done = this.#serial.then(task);
    this.#serial = done.catch(() => {});
    return done;
  }

  /** Requests a check; requests before it starts are coalesced. Never rejects. */
  look(look: Look): Promise<void> {
    const waiting = this.#waiting.get(look);
    if (waiting !== undefined) return waiting;
    const done = this.alone(async () => {
      this.#waiting.delete(look);
      if (!this.#stopping.signal.aborted) await this.#lookAndMend(look);
    }).catch((error: unknown) =>
      this.#options.log.warn({ error, look }, 'The network of the guests could not be looked at'),
    );
    this.#waiting.set(look, done);
    return done;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    this.#timer?.[Symbol.dispose]();
    this.#monitor?.[Symbol.dispose]();
    await this.#serial;
  }

  #hear(of: 'ours' | 'others', by: string | null): void {
    if (of === 'ours') {
      this.#by = by;
      void this.look('rules');
      return;
    }
    const { clock } = this.#options;
    clock.sleep(settleMs, this.#stopping.signal).then(
      () => this.look('firewalls'),
      () => {},
    );
  }

  async #lookAndMend(look: Look): Promise<void> {
    const { log, repairs } = this.#options;
    const faults = await this.#see(look);
    const due = new Set(faults.flatMap(({ repair }) => (repair && this.#isDue(repair) ? [repair] : [])));
    if (due.size === 0) return;
    for (const repair of due) {
      try {
        await repairs[repair]();
        this.#failedAt.delete(repair);
      } catch (error) {
        this.#failedAt.set(repair, this.#options.clock.monotonicMs());
        log.error({ error, repair }, 'The network of the guests could not be restored; it is tried again');
      }
    }
    await this.#see(look);
  }

  #isDue(repair: Repair): boolean {
    const failedAt = this.#failedAt.get(repair);
    return failedAt === undefined || this.#options.clock.monotonicMs() - failedAt >= retryMs;
  }

  async #see(look: Look): Promise<Fault[]> {
    const { observe, wanted, touched, log } = this.#options;
    using during = touched.record();
    const seen = await observe(look);
    // What comes or goes just now is not there, or not gone, for a good reason.
    const settled = withoutLinks(wanted(), seen, during.taps);
    const faults = diffNetwork(settled.wanted, settled.observed);
    const parts = new Set(Object.keys(seen) as Part[]);
    for (const { detail, kind, subject } of this.#book.take(parts, faults, look === 'rules' ? this.#by : null))
      log.warn({ kind, subject, by: this.#by }, detail);
    if (look === 'rules') this.#by = null;
    return faults;
  }
}
