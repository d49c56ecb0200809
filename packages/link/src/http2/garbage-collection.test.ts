import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { OpenConnections } from './garbage-collection.ts';

const module = JSON.stringify(join(import.meta.dirname, 'garbage-collection.ts'));

/** Large collections in a process of its own while memory outside the heap grows to 500 MB, in pieces that stay. */
async function largeCollections(first: string): Promise<number> {
  const script = `
    import { PerformanceObserver, constants } from 'node:perf_hooks';
    import { countExternalMemoryWithHeap } from ${module};
    ${first}
    let large = 0;
    const isLarge = ({ detail }) => detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR;
    const note = (entries) => { large += entries.filter(isLarge).length; };
    const observer = new PerformanceObserver((list) => note(list.getEntries()));
    observer.observe({ entryTypes: ['gc'] });
    const kept = [];
    for (let turn = 0; turn < 100; turn++) {
      for (let n = 0; n < 50; n++) kept.push(Buffer.allocUnsafeSlow(100 * 1024));
      await new Promise(setImmediate);
    }
    note(observer.takeRecords());
    console.log(large);`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script]);
  return Number(stdout);
}

test('memory outside the heap does not start a large collection for each 64 MiB', async () => {
  expect(await largeCollections('')).toBeGreaterThan(3);
  expect(await largeCollections('countExternalMemoryWithHeap();')).toBeLessThan(2);
});

test('more connections than a crowd at once are noticed, as often as that begins', async () => {
  let noticed = 0;
  const connections = new OpenConnections(2, () => noticed++);
  const [first, ...others] = [1, 2, 3].map(() => Promise.withResolvers<void>());
  connections.add((first as PromiseWithResolvers<void>).promise);
  first?.resolve();
  await first?.promise;
  for (const { promise } of others) connections.add(promise);
  expect(noticed).toBe(0);
  const last = Promise.withResolvers<void>();
  connections.add(last.promise);
  expect(noticed).toBe(1);
  last.resolve();
  await last.promise;
  connections.add(Promise.withResolvers<void>().promise);
  expect(noticed).toBe(2);
});
