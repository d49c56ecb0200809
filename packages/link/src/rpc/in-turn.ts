/** Items are given to whoever takes them one by one: while a promise of his is open the next ones wait, and their source is held back. */
import type { TakeItem } from '../types.ts';

export interface InTurnOptions<Item> {
  /** A promise holds the next item back until it resolves. */
  take: TakeItem<Item>;
  hold: () => void;
  goOn: () => void;
  /** The last item was taken. */
  ended: () => void;
  /** Nothing more is taken, because of this. */
  failed: (error: unknown) => void;
}

export class InTurn<Item> {
  readonly #options: InTurnOptions<Item>;
  #waiting: Item[] = [];
  #isTaking = false;
  #isOver = false;
  /** Behind the items that wait. */
  #end: (() => void) | undefined;

  constructor(options: InTurnOptions<Item>) {
    this.#options = options;
  }

  give(item: Item): void {
    if (this.#isOver) return;
    if (this.#isTaking) this.#waiting.push(item);
    else this.#take(item);
  }

  /** There are no further items; `failure`: because of that. */
  end(failure?: { error: unknown }): void {
    const { ended, failed } = this.#options;
    this.#end = () => (failure ? failed(failure.error) : ended());
    if (!this.#isTaking) this.#goOn();
  }

  /** At once: what waits is not taken any more. */
  fail(error: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#waiting = [];
    this.#options.failed(error);
  }

  #take(item: Item): void {
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
    while (!this.#isTaking && this.#waiting.length > 0) this.#take(this.#waiting.shift() as Item);
    if (this.#isTaking || this.#isOver) return;
    if (this.#end) {
      this.#isOver = true;
      this.#end();
    } else this.#options.goOn();
  }
}
