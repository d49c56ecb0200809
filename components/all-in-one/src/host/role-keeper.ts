/** One role of a host from its start to its end. A role that is kept is tried again for as long as it cannot start. */
import { backoffMs, type Clock, Disposables, type Logger, PlatformError } from '@zhiyun/kernel';
import type { Member } from '@zhiyun/link';
import type { HostRole } from './host-record.ts';
import type { RoleStatus } from './ready-info.ts';
import type { HostContext, StartRole } from './role.ts';

export interface RoleKeeperOptions {
  role: HostRole;
  start: StartRole;
  host: HostContext;
  /** It was taken out of the domain, and is cut off. */
  onRemoved: (role: HostRole) => void;
}

const startAgain = { firstMs: 500, maxMs: 10_000 };
/**
 * What another machine may mend by coming back. Everything else needs a person. So does what a newer release has written, but the host's
 * other roles, and its guests, can go on meanwhile.
 */
const passing = new Set(['unavailable', 'timeout', 'database-unavailable', 'control-unreachable', 'newer-version']);

export class RoleKeeper {
  readonly role: HostRole;
  readonly #options: RoleKeeperOptions;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #stopping = new AbortController();
  #ends = new Disposables();
  #status: Omit<RoleStatus, 'role'> = { state: 'starting' };
  #member: Member | undefined;
  #retrying: Promise<void> | undefined;

  constructor(options: RoleKeeperOptions) {
    this.#options = options;
    this.role = options.role;
    this.#clock = options.host.clock;
    this.#log = options.host.log(options.role);
  }

  get status(): RoleStatus {
    return { role: this.role, ...this.#status };
  }
  /** Of a role that runs and is a member by itself. */
  get member(): Member | undefined {
    return this.#member;
  }

  /** `patient`: what may pass is waited for beside everything else, and said by `status`. Throws why it cannot start. */
  async start({ patient }: { patient: boolean }): Promise<void> {
    const { onRemoved } = this.#options;
    try {
      await this.#startOnce();
    } catch (error) {
      // It was taken out while its host was away.
      if (error instanceof PlatformError && error.code === 'component-removed') return onRemoved(this.role);
      if (!patient || !(error instanceof PlatformError) || !passing.has(error.code)) throw error;
      this.#wait(error);
      this.#retrying = this.#keepTrying();
    }
  }

  async stop(): Promise<void> {
    this.#status = { state: 'stopping' };
    this.#stopping.abort();
    await this.#retrying;
    await this.#ends[Symbol.asyncDispose]();
  }

  async #startOnce(): Promise<void> {
    const { start, host, onRemoved } = this.#options;
    const ends = new Disposables();
    try {
      const { member, removed } = await start(host, ends);
      this.#member = member;
      void removed.then(() => onRemoved(this.role));
    } catch (error) {
      await ends[Symbol.asyncDispose]();
      throw error;
    }
    this.#ends = ends;
    this.#status = { state: 'running' };
  }

  async #keepTrying(): Promise<void> {
    const { signal } = this.#stopping;
    for (let attempt = 0; !signal.aborted && this.#status.state === 'waiting'; attempt++) {
      await this.#clock.sleep(backoffMs(startAgain, attempt), signal).catch(() => {});
      if (signal.aborted) return;
      await this.#startOnce().catch((error: unknown) => this.#wait(error));
    }
  }

  #wait(error: unknown): void {
    const detail = error instanceof Error ? error.message : String(error);
    this.#log.warn({ error }, `the ${this.role} cannot start yet; it is tried again`);
    this.#status = { state: 'waiting', detail };
  }
}
