/**
 * Delivers stream items to one consumer in order, with back-pressure: while the consumer's promise is pending, items
 * queue and the source is paused.
 */
import type { TakeItem } from '../types.ts';

export interface InTurnOptions<Item> {
  /** A returned promise delays the next item until it resolves. */
  take: TakeItem<Item>;
  pause: () => void;
  resume: () => void;
  /** Called after the last item was consumed. */
  ended: () => void;
  /** Called once when delivery stops because of an error. */
  failed: (error: unknown) => void;
}

export class InTurn<Item> {
  readonly #options: InTurnOptions<Item>;
  #waiting: Item[] = [];
  #isTaking = false;
  #isOver = false;
  /** What to do once the queue is drained. */
  #end: (() => void) | undefined;

  constructor(options: InTurnOptions<Item>) {
    this.#options = options;
  }

  give(item: Item): void {
    if (this.#isOver) return;
    if (this.#isTaking) this.#waiting.push(item);
    else this.#take(item);
  }

  /** The source has ended; `failure`: with this error. */
  end(failure?: { error: unknown }): void {
    const { ended, failed } = this.#options;
    this.#end = () => (failure ? failed(failure.error) : ended());
    if (!this.#isTaking) this.#resume();
  }

  /** Fails at once: queued items are dropped. */
  fail(error: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#waiting = [];
    this.#options.failed(error);
  }

  #take(item: Item): void {
    try {
      const taken = this.#options.take(item);
      if (taken !== undefined) void this.#pause(taken);
    } catch (error) {
      this.fail(error);
    }
  }

  async #pause(taken: Promise<void>): Promise<void> {
    this.#isTaking = true;
    this.#options.pause();
    try {
      await taken;
    } catch (error) {
      return this.fail(error);
    }
    this.#isTaking = false;
    this.#resume();
  }

  #resume(): void {
    while (!this.#isTaking && this.#waiting.length > 0) this.#take(this.#waiting.shift() as Item);
    if (this.#isTaking || this.#isOver) return;
    if (this.#end) {
      this.#isOver = true;
      this.#end();
    } else this.#options.resume();
  }
}
