import { expect, it } from 'vitest';
import { SampleRing } from './sample-ring.ts';

const stepMs = 1_000;
const ringOf = (times: readonly number[]) => {
  const ring = new SampleRing({ stepMs, capacity: 4, width: 2 });
  for (const atMs of times) ring.push(atMs, [atMs, -atMs]);
  return ring;
};
const read = (ring: SampleRing, from = 0, to?: number) =>
  ring.read(from, to).map(({ atMs, values }) => [atMs, ...values]);

it('averages what falls into one slot and drops what comes too late', () => {
  expect(read(ringOf([5_000, 5_500, 6_000, 5_900]))).toEqual([
    [5_000, 5_250, -5_250],
    [6_000, 6_000, -6_000],
  ]);
});

it('the newest slots overwrite the oldest; slots without a sample show nothing of the round before', () => {
  const ring = ringOf([5_000, 6_000, 7_000, 8_000, 11_000]);
  expect(read(ring).map(([at]) => at)).toEqual([8_000, 11_000]);
  ring.push(30_000, [1, 2]);
  expect(read(ring)).toEqual([[30_000, 1, 2]]);
  expect(ring.newestAtMs).toBe(30_000);
});

it('reads from a time to another', () => {
  const ring = ringOf([5_000, 6_000, 7_000, 8_000]);
  expect(read(ring, 6_000, 8_000).map(([at]) => at)).toEqual([6_000, 7_000]);
  expect(ringOf([]).read(0)).toEqual([]);
  expect(ringOf([]).newestAtMs).toBe(0);
});

it('shows nothing of what its block held before', () => {
  const ring = new SampleRing({
    stepMs,
    capacity: 4,
    width: 2,
    block: { values: new Float32Array(20).fill(9), start: 10 },
  });
  ring.push(5_000, [1, 2]);
  expect(read(ring)).toEqual([[5_000, 1, 2]]);
  ring.push(7_000, [3, 4]);
  expect(read(ring)).toEqual([
    [5_000, 1, 2],
    [7_000, 3, 4],
  ]);
});
