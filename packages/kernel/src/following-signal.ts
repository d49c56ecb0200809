/**
 * Aborted with the first of several signals, until disposed. Replaces `AbortSignal.any` where thousands are created:
 * that one holds weak references, which only a full garbage collection clears.
 */
export class FollowingSignal implements Disposable {
  readonly #controller = new AbortController();
  readonly #followed: readonly AbortSignal[];
  readonly #onAbort = (event: Event) => this.#controller.abort((event.target as AbortSignal).reason);

  constructor(...followed: readonly AbortSignal[]) {
    this.#followed = followed;
    for (const signal of followed) {
      signal.addEventListener('abort', this.#onAbort, { once: true });
      if (signal.aborted) this.#controller.abort(signal.reason);
    }
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  [Symbol.dispose](): void {
    for (const signal of this.#followed) signal.removeEventListener('abort', this.#onAbort);
  }
}
