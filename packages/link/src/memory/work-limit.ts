import { errorFromFault, faultOf } from '@zhiyun/kernel';

/** Ends work on timeout, when its caller aborts, or when the link breaks. */
export class WorkLimit implements Disposable {
  readonly #controller = new AbortController();
  readonly #ended = Promise.withResolvers<never>();
  readonly #signals: readonly AbortSignal[];
  readonly #onAbort = (event: Event) => this.abort((event.target as AbortSignal).reason);
  readonly #timer: NodeJS.Timeout;

  constructor(signals: readonly AbortSignal[], timeoutMs: number, late: () => Error) {
    this.#signals = signals;
    this.#ended.promise.catch(() => {});
    this.#timer = setTimeout(() => this.abort(late()), timeoutMs);
    for (const signal of signals) {
      if (signal.aborted) this.abort(signal.reason);
      signal.addEventListener('abort', this.#onAbort, { once: true });
    }
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }
  opened(): void {
    clearTimeout(this.#timer);
  }
  abort(reason: unknown): void {
    if (this.signal.aborted) return;
    this.#controller.abort(reason);
    this.#ended.reject(reason);
  }
  async race<T>(work: Promise<T>): Promise<T> {
    try {
      return await Promise.race([work, this.#ended.promise]);
    } catch (error) {
      throw this.signal.aborted ? error : asSent(error);
    }
  }
  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    for (const signal of this.#signals) signal.removeEventListener('abort', this.#onAbort);
  }
}

/** A value after a round trip through JSON. */
export function overWire(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

/** An error of the serving side as the caller receives it. */
export function asSent(error: unknown): Error {
  return errorFromFault(faultOf(error), error);
}
