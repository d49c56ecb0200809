/** Messages to another thread: many in one, because each one wakes that thread, which costs more than what it says. */

/** Of what may wait. */
const patienceMs = 10;

export class Outbox<Message> {
  readonly #post: (messages: readonly Message[]) => void;
  #waiting: Message[] = [];
  #late: NodeJS.Timeout | undefined;
  #isLeaving = false;

  constructor(post: (messages: readonly Message[]) => void) {
    this.#post = post;
  }

  /** Leaves with everything that this turn of the event loop brings. */
  put(message: Message): void {
    this.#waiting.push(message);
    if (this.#isLeaving) return;
    this.#isLeaving = true;
    setImmediate(() => this.#flush());
  }

  /** Leaves with the next one that is put, or within 10 ms. */
  putLater(message: Message): void {
    this.#waiting.push(message);
    if (!this.#isLeaving) this.#late ??= setTimeout(() => this.#flush(), patienceMs);
  }

  #flush(): void {
    clearTimeout(this.#late);
    this.#late = undefined;
    this.#isLeaving = false;
    const messages = this.#waiting;
    this.#waiting = [];
    this.#post(messages);
  }
}
