/** Whoever makes a timer, socket or listener adds its end here in the same statement. Disposed in reverse order, once. */
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
