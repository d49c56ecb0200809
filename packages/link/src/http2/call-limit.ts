import { type ClientHttp2Stream, constants } from 'node:http2';
import { callTimeoutMs } from '../limits.ts';
import type { CallOptions } from '../types.ts';

/** Cancels a stream on timeout or when its caller aborts, and remembers which. */
export class CallLimit implements Disposable {
  reason: unknown;
  readonly #timer: NodeJS.Timeout;
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort: () => void;

  constructor(stream: ClientHttp2Stream, { timeoutMs = callTimeoutMs, signal }: CallOptions, late: () => Error) {
    const cancel = (reason: unknown) => {
      this.reason ??= reason;
      stream.close(constants.NGHTTP2_CANCEL);
      // It closes by itself only once that was sent, which a connection that carries nothing any more never does.
      stream.destroy();
    };
    this.#timer = setTimeout(() => cancel(late()), timeoutMs);
    this.#signal = signal;
    this.#onAbort = () => cancel(signal?.reason);
    if (signal?.aborted) this.#onAbort();
    signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** Stops the timeout once the stream is open; the caller's signal still counts. */
  opened(): void {
    clearTimeout(this.#timer);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#signal?.removeEventListener('abort', this.#onAbort);
  }
}
