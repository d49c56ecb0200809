/** Items are given to whoever takes them one by one: while a promise of his is open the next ones wait, and their source is held back. */
import type { TakeItem } from './types.ts';

export interface InTurnOptions<Item> {
  /** A promise holds the next item back until it resolves. */
  take: TakeItem<Item>;
  hold: () => void;
  goOn: () => void;
  /** The last item was taken. */
  ended: () => void;
  /** `take` threw this; nothing more is given to it. */
  failed: (error: unknown) => void;
}

export class InTurn<Item> {
  readonly #options: InTurnOptions<Item>;
  #waiting: Item[] = [];
  #isTaking = false;
  #hasEnded = false;
  #hasFailed = false;

  constructor(options: InTurnOptions<Item>) {
    this.#options = options;
  }

  give(item: Item): void {
    if (this.#isTaking) this.#waiting.push(item);
    else this.#give(item);
  }

  /** There are no further items. */
  end(): void {
    this.#hasEnded = true;
    if (!this.#isTaking) this.#goOn();
  }

  fail(error: unknown): void {
    this.#hasFailed = true;
    this.#options.failed(error);
  }

  #give(item: Item): void {
    if (this.#hasFailed) return;
    try {
      const taken = this.#options.take(item);
      if (taken !== undefined) void this.#hold(taken);
    } catch (error) {
      this.fail(error);
    }
  }

  async #hold(taken: Promise<void>): Promise<void> {
    this.#isTaking = true;
    this.#options.hold();
    try {
      await taken;
    } catch (error) {
      return this.fail(error);
    }
    this.#isTaking = false;
    this.#goOn();
  }

  #goOn(): void {
    while (!this.#isTaking && this.#waiting.length > 0) this.#give(this.#waiting.shift() as Item);
    if (this.#isTaking) return;
    if (this.#hasEnded) this.#options.ended();
    else this.#options.goOn();
  }
}
