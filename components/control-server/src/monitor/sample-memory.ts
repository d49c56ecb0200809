/**
 * Memory of many rows of samples of one length, in few large pieces: with a piece for each, 100,000 rows would cost twice what
 * they hold.
 */
export interface SampleBlock {
  values: Float32Array;
  /** Index of its first value. */
  start: number;
}

const blocksPerPiece = 1_024;

export class SampleMemory {
  /** Numbers in a block. */
  readonly #length: number;
  readonly #free: SampleBlock[] = [];
  #piece = new Float32Array(0);
  #used = 0;

  constructor(length: number) {
    this.#length = length;
  }

  /** With whatever was in it. */
  take(): SampleBlock {
    const known = this.#free.pop();
    if (known) return known;
    if (this.#used === this.#piece.length) {
      this.#piece = new Float32Array(blocksPerPiece * this.#length);
      this.#used = 0;
    }
    const start = this.#used;
    this.#used += this.#length;
    return { values: this.#piece, start };
  }

  /** Nobody uses it any more. */
  give(block: SampleBlock): void {
    this.#free.push(block);
  }
}
