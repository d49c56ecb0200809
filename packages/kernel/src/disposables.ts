/** Collects the ends of timers, sockets and listeners as they are created. Disposed in reverse order, once. */
export class Disposables implements AsyncDisposable {
  readonly #stack = new AsyncDisposableStack();

  use<T extends Disposable | AsyncDisposable>(thing: T): T {
    return this.#stack.use(thing);
  }
  add(end: () => void | Promise<void>): void {
    this.#stack.defer(end);
  }
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}
