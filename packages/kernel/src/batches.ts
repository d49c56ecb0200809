/**
 * Adaptive batching (group commit): items that arrive while a batch is running form the next one. Without load a batch
 * is a single item, and no item waits for a batch to fill, except in a crowd.
 */
interface Waiting<Item, Result> {
  item: Item;
  result: PromiseWithResolvers<Result>;
}

/**
 * After a batch of `size` or more the next one waits `waitMs` to gather: where each batch's fixed cost dominates, fewer
 * batches serve a crowd sooner.
 */
export interface Crowd {
  size: number;
  waitMs: number;
}

export interface BatchesOptions {
  maxSize?: number;
  /** Concurrent batches. */
  lanes?: number;
  crowd?: Crowd;
}

export class Batches<Item, Result> {
  readonly #work: (items: readonly Item[]) => Promise<readonly Result[]>;
  readonly #maxSize: number;
  readonly #lanes: number;
  readonly #crowd: Crowd | undefined;
  #waiting: Waiting<Item, Result>[] = [];
  #busy = 0;
  /** A lane is about to take everything that is queued. */
  #isGathering = false;
  #lastSize = 0;

  /** `work` returns one result per item, or fails for all. */
  constructor(
    work: (items: readonly Item[]) => Promise<readonly Result[]>,
    { maxSize = 100, lanes = 1, crowd }: BatchesOptions = {},
  ) {
    this.#work = work;
    this.#maxSize = maxSize;
    this.#lanes = lanes;
    this.#crowd = crowd;
  }

  run(item: Item): Promise<Result> {
    const result = Promise.withResolvers<Result>();
    this.#waiting.push({ item, result });
    this.#serve();
    return result.promise;
  }

  #serve(): void {
    if (this.#waiting.length > 0 && !this.#isGathering && this.#busy < this.#lanes) void this.#nextGroup();
  }

  async #nextGroup(): Promise<void> {
    this.#busy++;
    this.#isGathering = true;
    await this.#gather();
    this.#isGathering = false;
    const group = this.#waiting.splice(0, this.#maxSize);
    this.#lastSize = group.length;
    this.#serve();
    try {
      const results = await this.#work(group.map(({ item }) => item));
      for (const [index, { result }] of group.entries()) result.resolve(results[index] as Result);
    } catch (error) {
      for (const { result } of group) result.reject(error);
    }
    this.#busy--;
    this.#serve();
  }

  /** Waits for the rest of this turn of the event loop and, in a crowd, `waitMs` longer. */
  async #gather(): Promise<void> {
    const crowd = this.#crowd;
    if (crowd && this.#lastSize >= crowd.size && this.#waiting.length < this.#maxSize)
      await new Promise((resolve) => setTimeout(resolve, crowd.waitMs));
    else await new Promise(setImmediate);
  }
}
