import type { SampleBlock } from './sample-memory.ts';

export interface RingOptions {
  stepMs: number;
  capacity: number;
  width: number;
  /** Of `capacity * width` numbers or more, whatever was in them; without: its own. */
  block?: SampleBlock;
}

/**
 * A row of samples in one block of memory: `capacity` slots of `stepMs`; what falls into one slot is averaged, the newest
 * slots overwrite the oldest. A slot's place follows from its time. 100,000 instances must fit, so nothing here is an object
 * per sample.
 */
export class SampleRing {
  readonly #stepMs: number;
  readonly #capacity: number;
  readonly #width: number;
  /** NaN: no sample. */
  readonly #values: Float32Array;
  readonly #first: number;
  /** Number (time / step) of the newest slot; 0: none yet. */
  #newest = 0;
  /** Of the first one that was written here. */
  #oldest = 0;
  #samplesInNewest = 0;

  constructor({ stepMs, capacity, width, block }: RingOptions) {
    this.#stepMs = stepMs;
    this.#capacity = capacity;
    this.#width = width;
    this.#values = block?.values ?? new Float32Array(capacity * width);
    this.#first = block?.start ?? 0;
  }

  /** `values` has `width` numbers from index `first` on. A sample older than the newest slot is dropped. */
  push(atMs: number, values: readonly number[], first = 0): void {
    const slot = Math.floor(atMs / this.#stepMs);
    if (slot < this.#newest) return;
    if (slot > this.#newest) this.#begin(slot);
    this.#samplesInNewest++;
    const kept = this.#values;
    const start = this.#startOf(slot);
    const count = this.#samplesInNewest;
    for (let index = 0; index < this.#width; index++) {
      const before = count === 1 ? 0 : (kept[start + index] ?? 0);
      kept[start + index] = before + ((values[first + index] ?? 0) - before) / count;
    }
  }

  /** Slots that begin at or after `fromMs` and before `toMs`, oldest first. */
  read(fromMs: number, toMs = Number.POSITIVE_INFINITY): { atMs: number; values: Float32Array }[] {
    const found: { atMs: number; values: Float32Array }[] = [];
    const oldest = Math.max(1, this.#oldest, this.#newest - this.#capacity + 1);
    for (let slot = oldest; slot <= this.#newest; slot++) {
      const atMs = slot * this.#stepMs;
      const start = this.#startOf(slot);
      if (atMs < fromMs || atMs >= toMs || Number.isNaN(this.#values[start])) continue;
      found.push({ atMs, values: this.#values.subarray(start, start + this.#width) });
    }
    return found;
  }

  /** Start of the newest slot, epoch ms; 0 when empty. */
  get newestAtMs(): number {
    return this.#newest * this.#stepMs;
  }

  /** The slots in between, in which nothing was heard, lose what they held a round before. */
  #begin(slot: number): void {
    if (this.#newest === 0) this.#oldest = this.#newest = slot;
    for (let gap = Math.max(this.#newest + 1, slot - this.#capacity + 1); gap < slot; gap++) {
      const start = this.#startOf(gap);
      this.#values.fill(Number.NaN, start, start + this.#width);
    }
    this.#newest = slot;
    this.#samplesInNewest = 0;
  }

  #startOf(slot: number): number {
    return this.#first + (slot % this.#capacity) * this.#width;
  }
}
