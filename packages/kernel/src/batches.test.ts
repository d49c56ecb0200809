import { expect, test, vi } from 'vitest';
import { Batches } from './batches.ts';

/** Work that is done when it is told to. */
function slowWork() {
  const groups: (readonly number[])[] = [];
  const gates: PromiseWithResolvers<void>[] = [];
  const work = async (items: readonly number[]) => {
    const gate = Promise.withResolvers<void>();
    groups.push(items);
    gates.push(gate);
    await gate.promise;
    return items.map((item) => item * 10);
  };
  return { groups, gates, work };
}
const turn = () => new Promise(setImmediate);

test('what comes while work is being done is done together next, each with its own result', async () => {
  const { groups, gates, work } = slowWork();
  const batches = new Batches(work);
  const results = [batches.run(1)];
  await turn();
  results.push(batches.run(2), batches.run(3));
  gates[0]?.resolve();
  await results[0];
  await turn();
  gates[1]?.resolve();
  expect(await Promise.all(results)).toEqual([10, 20, 30]);
  expect(groups).toEqual([[1], [2, 3]]);
});

test('a group that fails fails for all in it, and for nobody else', async () => {
  const batches = new Batches(async (items: readonly number[]) => {
    if (items.includes(1)) throw new Error('no');
    return items;
  });
  const first = [batches.run(1), batches.run(2)];
  expect((await Promise.allSettled(first)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await batches.run(3)).toBe(3);
});

test('no group is larger than allowed', async () => {
  const sizes: number[] = [];
  const batches = new Batches(
    async (items: readonly number[]) => {
      sizes.push(items.length);
      return items;
    },
    { maxSize: 2 },
  );
  await Promise.all([1, 2, 3, 4, 5].map((item) => batches.run(item)));
  expect(sizes).toEqual([2, 2, 1]);
});

test('lanes work side by side, and none takes what another gathers', async () => {
  const { groups, gates, work } = slowWork();
  const batches = new Batches(work, { maxSize: 2, lanes: 2 });
  const results = [1, 2, 3, 4, 5].map((item) => batches.run(item));
  await turn();
  await turn();
  expect(groups).toEqual([
    [1, 2],
    [3, 4],
  ]);
  gates[1]?.resolve();
  await results[3];
  await turn();
  expect(groups[2]).toEqual([5]);
  for (const gate of gates) gate.resolve();
  expect(await Promise.all(results)).toEqual([10, 20, 30, 40, 50]);
});

test('after a crowd the next group is given a moment to gather; after one that was small it is not', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  try {
    const groups: (readonly number[])[] = [];
    const work = async (items: readonly number[]) => {
      groups.push(items);
      return items;
    };
    const batches = new Batches(work, { crowd: { size: 2, waitMs: 10 } });
    await Promise.all([batches.run(1), batches.run(2)]);
    const third = batches.run(3);
    await turn();
    expect(groups).toEqual([[1, 2]]);
    await vi.advanceTimersByTimeAsync(9);
    const fourth = batches.run(4);
    await vi.advanceTimersByTimeAsync(1);
    await Promise.all([third, fourth]);
    const alone = batches.run(5);
    await vi.advanceTimersByTimeAsync(10);
    await alone;
    await batches.run(6);
    expect(groups).toEqual([[1, 2], [3, 4], [5], [6]]);
  } finally {
    vi.useRealTimers();
  }
});
