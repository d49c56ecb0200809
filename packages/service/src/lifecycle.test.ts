import { silentLogger } from '@zhiyun/kernel';
import { expect, test } from 'vitest';
import { runUntilSignal } from './lifecycle.ts';

function component(behaviour: { start?: () => Promise<void>; stop?: () => Promise<void> } = {}) {
  const done: string[] = [];
  return {
    done,
    async start() {
      done.push('start');
      await behaviour.start?.();
    },
    async stop() {
      done.push('stop');
      await behaviour.stop?.();
    },
  };
}
const log = silentLogger;
/** As the system would, but only to our listeners. */
const signal = () => void process.emit('SIGTERM', 'SIGTERM');

test('serves until the signal, stops, and answers 0', async () => {
  const one = component();
  const running = runUntilSignal(one, { log });
  await expect.poll(() => one.done).toEqual(['start']);
  signal();
  expect(await running).toBe(0);
  expect(one.done).toEqual(['start', 'stop']);
});

test('a second signal does not wait for a stop that hangs, nor does the deadline', async () => {
  const hanging = { stop: () => new Promise<void>(() => {}) };
  const one = component(hanging);
  const running = runUntilSignal(one, { log });
  signal();
  await expect.poll(() => one.done).toContain('stop');
  signal();
  expect(await running).toBe(1);
  const late = runUntilSignal(component(hanging), { log, stopTimeoutMs: 10 });
  signal();
  expect(await late).toBe(1);
});

test('what was half started is stopped, and the reason comes out', async () => {
  const one = component({ start: () => Promise.reject(new Error('no port')) });
  await expect(runUntilSignal(one, { log })).rejects.toThrow('no port');
  expect(one.done).toEqual(['start', 'stop']);
});
