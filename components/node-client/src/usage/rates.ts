/** Converts monotonic counters to rates: difference to the previous sample, per second. */
export class Rates<Name extends string> {
  #before: { at: number; counters: Record<Name, number> } | undefined;

  /** `at` in monotonic ms. The first sample, and a counter that fell (it was restarted), give 0. */
  sample(at: number, counters: Record<Name, number>): Record<Name, number> {
    const before = this.#before;
    this.#before = { at, counters };
    const seconds = before ? (at - before.at) / 1000 : 0;
    const rates = { ...counters };
    for (const name of Object.keys(counters) as Name[]) {
      const difference = before ? counters[name] - before.counters[name] : 0;
      rates[name] = seconds > 0 && difference > 0 ? difference / seconds : 0;
    }
    return rates;
  }
}
