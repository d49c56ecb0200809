/** Mutex per key: tasks of one key run one at a time in FIFO order; different keys do not wait for each other. */
export class KeyedLock<Key> {
  readonly #tails = new Map<Key, Promise<void>>();

  async run<T>(key: Key, task: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(key) ?? Promise.resolve();
    const { promise: tail, resolve } = Promise.withResolvers<void>();
    const mine = before.then(() => tail);
    this.#tails.set(key, mine);
    await before;
    try {
      return await task();
    } finally {
      resolve();
      if (this.#tails.get(key) === mine) this.#tails.delete(key);
    }
  }
}
