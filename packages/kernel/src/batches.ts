/**
 * Work of one sort that comes while earlier work is being done is done together next: alone when there is peace, in ever
 * larger groups when there is not. Nobody waits for a group to fill.
 */
interface Waiting<Item, Result> {
  item: Item;
  result: PromiseWithResolvers<Result>;
}

export class Batches<Item, Result> {
  readonly #work: (items: readonly Item[]) => Promise<readonly Result[]>;
  readonly #maxSize: number;
  readonly #lanes: number;
  #waiting: Waiting<Item, Result>[] = [];
  #busy = 0;

  /** `work` answers one result per item, or fails for all of them. `lanes`: groups that are worked on side by side. */
  constructor(
    work: (items: readonly Item[]) => Promise<readonly Result[]>,
    { maxSize = 100, lanes = 1 }: { maxSize?: number; lanes?: number } = {},
  ) {
    this.#work = work;
    this.#maxSize = maxSize;
    this.#lanes = lanes;
  }

  run(item: Item): Promise<Result> {
    const result = Promise.withResolvers<Result>();
    this.#waiting.push({ item, result });
    if (this.#busy < this.#lanes) void this.#drain();
    return result.promise;
  }

  async #drain(): Promise<void> {
    this.#busy++;
    // Whatever else this turn of the event loop brings comes along.
    await new Promise(setImmediate);
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0, this.#maxSize);
      try {
        const results = await this.#work(group.map(({ item }) => item));
        for (const [index, { result }] of group.entries()) result.resolve(results[index] as Result);
      } catch (error) {
        for (const { result } of group) result.reject(error);
      }
    }
    this.#busy--;
  }
}
