/** What one way of doing it did: one rate and its latencies a round. */
import type { LoopFigures } from './closed-loop.ts';
import { percentile, summarise } from './statistics.ts';

export class RateFigures {
  readonly #name: string;
  readonly #perSecond: number[] = [];
  readonly #p50Ms: number[] = [];
  readonly #p95Ms: number[] = [];

  constructor(name: string) {
    this.#name = name;
  }

  add(round: { perSecond: number; p50Ms: number; p95Ms: number }): void {
    this.#perSecond.push(round.perSecond);
    this.#p50Ms.push(round.p50Ms);
    this.#p95Ms.push(round.p95Ms);
  }

  addLoop({ latenciesMs, seconds }: LoopFigures): void {
    const perSecond = latenciesMs.length / seconds;
    this.add({ perSecond, p50Ms: percentile(latenciesMs, 0.5), p95Ms: percentile(latenciesMs, 0.95) });
  }

  /** Medians over the rounds. */
  get perSecond(): number {
    return percentile(this.#perSecond, 0.5);
  }
  get p95Ms(): number {
    return percentile(this.#p95Ms, 0.5);
  }

  print(): void {
    const show = (value: number) => value.toFixed(value < 100 ? 1 : 0);
    const { median, min, max } = summarise(this.#perSecond);
    const rate = `median ${show(median)} /s, min ${show(min)}, max ${show(max)} (n=${this.#perSecond.length})`;
    console.log(
      `${this.#name.padEnd(46)} ${rate}; p50 ${show(percentile(this.#p50Ms, 0.5))} ms, p95 ${show(this.p95Ms)} ms`,
    );
  }
}

/** One for each number of clients. */
export function figuresByClients(name: string, counts: readonly number[]): Map<number, RateFigures> {
  return new Map(counts.map((clients) => [clients, new RateFigures(`${name}, clients: ${clients}`)]));
}
