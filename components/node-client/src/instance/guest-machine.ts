/** A running machine with our requests to it, so that its end gets the right reason. */
import type { Clock } from '@zhiyun/kernel';
import type { Machine, MachineEnd } from '../hypervisor/hypervisor.ts';

/** The power button is pressed again at this interval: a booting guest does not notice it. */
const pressAgainMs = 5_000;

export class GuestMachine {
  readonly machine: Machine;
  readonly #clock: Clock;
  /** Resolves when its end has been handled. */
  readonly #over: Promise<void>;
  #asked: 'requested' | 'killed' | undefined;
  #quiet = false;

  constructor(machine: Machine, clock: Clock, onEnd: (end: MachineEnd, quiet: boolean) => Promise<void>) {
    this.machine = machine;
    this.#clock = clock;
    this.#over = machine.ended.then((end) => onEnd(this.#explain(end), this.#quiet));
  }

  /** Presses the power button. False: it still runs when the time is up. Rejects when `signal` is aborted first. */
  async shutDown(timeoutMs: number, signal: AbortSignal): Promise<boolean> {
    const deadline = this.#clock.monotonicMs() + timeoutMs;
    this.#asked = 'requested';
    try {
      for (;;) {
        await abortable(this.machine.powerDown(), signal);
        const left = deadline - this.#clock.monotonicMs();
        if (await this.endsWithin(Math.min(left, pressAgainMs), signal)) return true;
        if (left <= pressAgainMs) return false;
      }
    } finally {
      this.#asked = undefined;
    }
  }

  async kill(): Promise<void> {
    this.#asked = 'killed';
    await this.machine.kill();
    await this.#over;
  }

  /** Suppresses the report of an end that is part of a larger step. */
  async quietly(task: (guest: GuestMachine) => Promise<void>): Promise<void> {
    this.#quiet = true;
    try {
      await task(this);
    } finally {
      this.#quiet = false;
    }
  }

  /** Rejects when `signal` is aborted first. */
  async endsWithin(ms: number, signal: AbortSignal): Promise<boolean> {
    const timer = new AbortController();
    const asleep = this.#clock.sleep(Math.max(0, ms), AbortSignal.any([signal, timer.signal]));
    try {
      return await Promise.race([this.#over.then(() => true), asleep.then(() => false)]);
    } finally {
      timer.abort();
      await asleep.catch(() => {});
    }
  }

  #explain(end: MachineEnd): MachineEnd {
    if (this.#asked === 'killed') return { ...end, reason: 'killed' };
    if (this.#asked === 'requested' && end.reason === 'guest-shutdown') return { ...end, reason: 'requested' };
    return end;
  }
}

/** Makes a wait abortable: a machine that does not answer must not block its caller. */
async function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
    work.catch(() => {});
  }
}
