/**
 * Rate limit of repeated log lines: per kind the first few in a window are written, and at its end a summary counts the
 * rest.
 */
export const repeats = { written: 5, windowMs: 10_000, kinds: 1_000 } as const;

interface Kind {
  count: number;
  /** Writes the last suppressed line with the number it stands for. */
  summary: ((held: number) => void) | undefined;
}

export class RepeatedLines {
  readonly #kinds = new Map<string, Kind>();
  #timer: NodeJS.Timeout | undefined;

  /** Whether to write this line now. If not, `summary` may be called later. */
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

  /** Runs `windowMs` after the first line: writes summaries and starts a new window. */
  endWindow(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const kinds = [...this.#kinds.values()];
    this.#kinds.clear();
    for (const { count, summary } of kinds) summary?.(count - repeats.written);
  }
}
