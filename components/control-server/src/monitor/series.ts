/** The last ten minutes of one thing: a fine ring for now and a coarse one for before, read as one row of samples. */
import { isoTime } from '@zhiyun/kernel';
import type { SampleBlock } from './sample-memory.ts';
import { SampleRing } from './sample-ring.ts';

export const seriesMs = 10 * 60_000;

export interface Resolution {
  stepMs: number;
  /** How far back it reaches. */
  spanMs: number;
}

/** A sample as the API shows it: a time and numbers. */
export type Sample<Key extends string> = { at: string } & Record<Key, number>;

export class Series<Key extends string> {
  readonly #keys: readonly Key[];
  /** Finest first. */
  readonly #rings: readonly { ring: SampleRing; spanMs: number }[];

  /** `block`: of `seriesLength` numbers; without: each ring has its own. */
  constructor(keys: readonly Key[], resolutions: readonly Resolution[], block?: SampleBlock) {
    this.#keys = keys;
    const width = keys.length;
    let start = block?.start ?? 0;
    this.#rings = resolutions.map(({ stepMs, spanMs }) => {
      const capacity = capacityOf({ stepMs, spanMs });
      const ring = new SampleRing({
        stepMs,
        capacity,
        width,
        ...(block && { block: { values: block.values, start } }),
      });
      start += capacity * width;
      return { ring, spanMs };
    });
  }

  push(atMs: number, sample: Readonly<Record<Key, number>>): void {
    this.pushFigures(
      atMs,
      this.#keys.map((key) => sample[key]),
    );
  }

  /** In the order of the keys, from index `first` on. */
  pushFigures(atMs: number, figures: readonly number[], first = 0): void {
    for (const { ring } of this.#rings) ring.push(atMs, figures, first);
  }

  /** Oldest first; each span of time from the finest ring that still has it. */
  read(nowMs: number): Sample<Key>[] {
    const samples: Sample<Key>[] = [];
    let toMs = Number.POSITIVE_INFINITY;
    for (const { ring, spanMs } of this.#rings) {
      const found = ring.read(nowMs - spanMs, toMs);
      samples.unshift(...found.map(({ atMs, values }) => this.#sample(atMs, values)));
      toMs = found[0]?.atMs ?? toMs;
    }
    return samples;
  }

  get newestAtMs(): number {
    return this.#rings[0]?.ring.newestAtMs ?? 0;
  }

  #sample(atMs: number, values: Float32Array): Sample<Key> {
    const numbers = Object.fromEntries(this.#keys.map((key, index) => [key, values[index] ?? 0]));
    return { at: isoTime(atMs), ...numbers } as Sample<Key>;
  }
}

/** Numbers that a series holds. */
export function seriesLength(keys: readonly string[], resolutions: readonly Resolution[]): number {
  return resolutions.reduce((sum, resolution) => sum + capacityOf(resolution) * keys.length, 0);
}

function capacityOf({ stepMs, spanMs }: Resolution): number {
  return Math.ceil(spanMs / stepMs);
}
