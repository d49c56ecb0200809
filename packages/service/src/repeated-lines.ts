/**
 * The same line again and again says nothing new and fills the disk: of each only the first few of a while are written, and at the
 * end of it one more with the number of those that were not.
 */
export const repeats = { written: 5, windowMs: 10_000, kinds: 1_000 } as const;

interface Kind {
  count: number;
  /** Writes the last one that was held back, with how many it stands for. */
  summary: ((held: number) => void) | undefined;
}

export class RepeatedLines {
  readonly #kinds = new Map<string, Kind>();
  #timer: NodeJS.Timeout | undefined;

  /** Whether this line is to be written now. When not, `summary` may be called later. */
  mayWrite(kind: string, summary: (held: number) => void): boolean {
    let known = this.#kinds.get(kind);
    if (!known) {
      // So many kinds are no repetition; memory is for the work.
      if (this.#kinds.size >= repeats.kinds) return true;
      known = { count: 0, summary: undefined };
      this.#kinds.set(kind, known);
      this.#timer ??= setTimeout(() => this.endWindow(), repeats.windowMs).unref();
    }
    known.count++;
    if (known.count <= repeats.written) return true;
    known.summary = summary;
    return false;
  }

  /** Called by itself `windowMs` after the first line; tells what was held back, and begins anew. */
  endWindow(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const kinds = [...this.#kinds.values()];
    this.#kinds.clear();
    for (const { count, summary } of kinds) summary?.(count - repeats.written);
  }
}
