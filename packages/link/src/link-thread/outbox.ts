/** Messages to another thread: all of one turn of the event loop go in one, which costs little more than one of them would. */
export class Outbox<Message> {
  readonly #post: (messages: readonly Message[]) => void;
  #waiting: Message[] = [];

  constructor(post: (messages: readonly Message[]) => void) {
    this.#post = post;
  }

  put(message: Message): void {
    if (this.#waiting.push(message) === 1) setImmediate(() => this.#flush());
  }

  #flush(): void {
    const messages = this.#waiting;
    this.#waiting = [];
    this.#post(messages);
  }
}
