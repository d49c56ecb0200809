/**
 * Aborted with the first of several signals, until it is disposed of. What `AbortSignal.any` gives, for what is made for each of
 * thousands of operations: that one is held by weak references, which only the large collection of garbage clears.
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
