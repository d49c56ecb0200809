/**
 * A row of samples in one block of memory: `capacity` slots of `stepMs`; what falls into one slot is averaged, the newest
 * slot overwrites the oldest. 20,000 instances must fit, so nothing here is an object per sample.
 */
export class SampleRing {
  readonly #stepMs: number;
  readonly #width: number;
  /** Slot number (time / step) of each place; 0: empty. */
  readonly #slots: Float64Array;
  readonly #values: Float32Array;
  #newest = 0;
  #samplesInNewest = 0;

  constructor(options: { stepMs: number; capacity: number; width: number }) {
    this.#stepMs = options.stepMs;
    this.#width = options.width;
    this.#slots = new Float64Array(options.capacity);
    this.#values = new Float32Array(options.capacity * options.width);
  }

  /** `values` has `width` numbers. A sample older than the newest slot is dropped. */
  push(atMs: number, values: readonly number[]): void {
    const slot = Math.floor(atMs / this.#stepMs);
    const capacity = this.#slots.length;
    if (slot < (this.#slots[this.#newest] ?? 0)) return;
    if (slot !== this.#slots[this.#newest]) {
      this.#newest = (this.#newest + 1) % capacity;
      this.#slots[this.#newest] = slot;
      this.#samplesInNewest = 0;
    }
    this.#samplesInNewest++;
    const start = this.#newest * this.#width;
    for (let index = 0; index < this.#width; index++) {
      const before = this.#samplesInNewest === 1 ? 0 : (this.#values[start + index] ?? 0);
      this.#values[start + index] = before + ((values[index] ?? 0) - before) / this.#samplesInNewest;
    }
  }

  /** Slots that begin at or after `fromMs` and before `toMs`, oldest first. */
  read(fromMs: number, toMs = Number.POSITIVE_INFINITY): { atMs: number; values: Float32Array }[] {
    const found: { atMs: number; values: Float32Array }[] = [];
    const capacity = this.#slots.length;
    for (let offset = 1; offset <= capacity; offset++) {
      const place = (this.#newest + offset) % capacity;
      const slot = this.#slots[place] ?? 0;
      const atMs = slot * this.#stepMs;
      if (slot === 0 || atMs < fromMs || atMs >= toMs) continue;
      found.push({ atMs, values: this.#values.subarray(place * this.#width, (place + 1) * this.#width) });
    }
    return found;
  }

  /** Start of the newest slot, epoch ms; 0 when empty. */
  get newestAtMs(): number {
    return (this.#slots[this.#newest] ?? 0) * this.#stepMs;
  }
}
