/**
 * One simulated machine; it goes on while the agent is away. It has a present and a desired state; the clock moves it.
 */
import type { Duplex } from 'node:stream';
import { type Clock, Emitter } from '@zhiyun/kernel';
import type { MachineCondition, MachineEnd, MachineHandle, MachineSpec } from '../hypervisor.ts';
import { SerialViewers } from '../serial-viewers.ts';
import { type Faults, faultsOf } from './faults.ts';

export interface SimulatedPace {
  launchMs: number;
  shutdownMs: number;
}

type Current = 'starting' | 'running' | 'ended';
type Requested = 'running' | 'shut-down';

export class SimulatedProcess {
  readonly handle: MachineHandle;
  readonly spec: MachineSpec;
  readonly onEnd = new Emitter<MachineEnd>();
  readonly #clock: Clock;
  readonly #pace: SimulatedPace;
  readonly #faults: Faults;
  readonly #startedAtMs: number;
  readonly #over = new AbortController();
  #current: Current = 'starting';
  #requested: Requested = 'running';
  #end: MachineEnd | undefined;
  /** Created lazily: there may be a hundred thousand machines. */
  #serial: SerialViewers | undefined;
  #keysyms: number[] | undefined;
  #conditions: Emitter<MachineCondition | null> | undefined;

  constructor(handle: MachineHandle, spec: MachineSpec, clock: Clock, pace: SimulatedPace) {
    this.handle = handle;
    this.spec = spec;
    this.#clock = clock;
    this.#pace = pace;
    this.#faults = faultsOf(spec.name);
    this.#startedAtMs = clock.monotonicMs();
  }

  get conditions(): Emitter<MachineCondition | null> {
    this.#conditions ??= new Emitter();
    return this.#conditions;
  }
  /** Of every key that went down at its screen. */
  get keysyms(): readonly number[] {
    return this.#keysyms ?? [];
  }
  get current(): Current {
    return this.#current;
  }
  /** Why it ended; undefined while it has not. */
  get end(): MachineEnd | undefined {
    return this.#end;
  }
  get uptimeMs(): number {
    return this.#clock.monotonicMs() - this.#startedAtMs;
  }

  /** Resolves when it runs, or has failed to. */
  async launch(): Promise<void> {
    await this.#after(this.#pace.launchMs, () => {
      if (this.#faults.failLaunch) return this.finish({ reason: 'launch-failed', detail: 'It was told to fail.' });
      this.#current = 'running';
      const { dieAfterMs, hang } = this.#faults;
      if (dieAfterMs !== undefined) void this.#after(dieAfterMs, () => this.crash());
      if (hang) {
        void this.#after(hang.fromMs, () => this.conditions.emit('not-responding'));
        void this.#after(hang.untilMs, () => this.conditions.emit(null));
      }
    });
  }

  pressPowerButton(): void {
    if (this.#current !== 'running' || this.#requested === 'shut-down' || this.#faults.ignoreShutdown) return;
    this.#requested = 'shut-down';
    void this.#after(this.#pace.shutdownMs, () => this.shutDown());
  }

  /** The guest shuts itself down. */
  shutDown(): void {
    this.finish({ reason: 'guest-shutdown', detail: 'The guest shut itself down.' });
  }

  crash(): void {
    this.finish({ reason: 'crashed', detail: 'The simulated machine was made to crash.' });
  }

  /** A reset cancels a pending shutdown. */
  reset(): void {
    this.#requested = 'running';
    this.#serial?.show(this.#greeting());
  }

  finish(end: MachineEnd): void {
    if (this.#current === 'ended') return;
    this.#current = 'ended';
    this.#end = end;
    this.#over.abort();
    this.#serial?.end();
    this.onEnd.emit(end);
  }

  pressKey(keysym: number): void {
    this.#keysyms ??= [];
    this.#keysyms.push(keysym);
  }

  /** A serial port that gives back what is typed, as a terminal does: Enter begins a new line. */
  openSerial(): Duplex {
    if (this.#serial === undefined) {
      const viewers = new SerialViewers((bytes, done) => {
        viewers.show(Buffer.from(bytes.toString('latin1').replaceAll('\r', '\r\n'), 'latin1'));
        done();
      });
      viewers.show(this.#greeting());
      this.#serial = viewers;
    }
    return this.#serial.open();
  }

  #greeting(): Buffer {
    return Buffer.from(`Simulated machine ${this.spec.name}, start ${this.spec.epoch}\r\n`);
  }

  /** Does nothing when it ended meanwhile, or was reset out of a shutdown. */
  async #after(ms: number, next: () => void): Promise<void> {
    const requested = this.#requested;
    await this.#clock.sleep(ms, this.#over.signal).catch(() => {});
    if (this.#current !== 'ended' && this.#requested === requested) next();
  }
}
