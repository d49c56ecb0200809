/** Coalesces messages to another thread: each one wakes that thread, which costs more than its content. */

/** Longest delay of a message that may wait. */
const patienceMs = 10;

export class Outbox<Message> {
  readonly #post: (messages: readonly Message[]) => void;
  #waiting: Message[] = [];
  #late: NodeJS.Timeout | undefined;
  #isLeaving = false;

  constructor(post: (messages: readonly Message[]) => void) {
    this.#post = post;
  }

  /** Urgent: sent together with everything else from this turn of the event loop. */
  put(message: Message): void {
    this.#waiting.push(message);
    if (this.#isLeaving) return;
    this.#isLeaving = true;
    setImmediate(() => this.#flush());
  }

  /** Not urgent: sent with the next urgent message, or within 10 ms. */
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
