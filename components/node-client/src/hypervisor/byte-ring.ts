/** Ring buffer of a stream's newest bytes. Grows on demand, so that thousands of quiet ones cost little. */
const firstBytes = 4096;

export class ByteRing {
  readonly #limit: number;
  #buffer: Buffer = Buffer.alloc(0);
  /** Bytes ever written; the ring holds the last `min(#written, capacity)`. */
  #written = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  append(bytes: Buffer): void {
    const kept = bytes.subarray(-this.#limit);
    if (this.#buffer.length < this.#limit) this.#grow(this.#written + bytes.length);
    const capacity = this.#buffer.length;
    const start = (this.#written + bytes.length - kept.length) % capacity;
    const first = kept.copy(this.#buffer, start);
    kept.copy(this.#buffer, 0, first);
    this.#written += bytes.length;
  }

  contents(): Buffer {
    const capacity = this.#buffer.length;
    if (this.#written <= capacity) return Buffer.from(this.#buffer.subarray(0, this.#written));
    const oldest = this.#written % capacity;
    return Buffer.concat([this.#buffer.subarray(oldest), this.#buffer.subarray(0, oldest)]);
  }

  /** While it still grows nothing was overwritten, so the bytes stay in place. */
  #grow(needed: number): void {
    let capacity = Math.max(firstBytes, this.#buffer.length);
    while (capacity < needed && capacity < this.#limit) capacity *= 2;
    const larger = Buffer.alloc(Math.min(capacity, this.#limit));
    this.#buffer.copy(larger);
    this.#buffer = larger;
  }
}
