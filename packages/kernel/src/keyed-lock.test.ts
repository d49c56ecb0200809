import { expect, test } from 'vitest';
import { KeyedLock } from './keyed-lock.ts';

test('one key: in order, one at a time, also after a failure', async () => {
  const lock = new KeyedLock<string>();
  const log: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = lock.run('a', async () => {
    log.push('first begins');
    await gate.promise;
    log.push('first ends');
    throw new Error('first fails');
  });
  const second = lock.run('a', async () => {
    log.push('second');
  });
  await lock.run('b', async () => {
    log.push('other key');
  });
  gate.resolve();
  await expect(first).rejects.toThrow('first fails');
  await second;
  expect(log).toEqual(['first begins', 'other key', 'first ends', 'second']);
});
