/** Figures of repeated measurements. */
export interface Summary {
  median: number;
  min: number;
  max: number;
  p95: number;
  p99: number;
}

/** Nearest-rank percentile; `share` in (0, 1]. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

export function summarise(values: readonly number[]): Summary {
  return {
    median: percentile(values, 0.5),
    min: Math.min(...values),
    max: Math.max(...values),
    p95: percentile(values, 0.95),
    p99: percentile(values, 0.99),
  };
}

/** One line: name, median and spread. */
export function line(name: string, values: readonly number[], unit: string): string {
  const { median, min, max, p99 } = summarise(values);
  const show = (value: number) => value.toFixed(value < 10 ? 2 : 0);
  return `${name.padEnd(44)} median ${show(median)} ${unit}, min ${show(min)}, max ${show(max)}, p99 ${show(p99)} (n=${values.length})`;
}

/** Prints the ratio with its goal; false when it is missed. */
export function judge(name: string, value: number, goal: string, met: boolean): boolean {
  console.log(`${met ? 'met   ' : 'MISSED'} ${name}: ${value.toFixed(2)} (goal ${goal})`);
  return met;
}
