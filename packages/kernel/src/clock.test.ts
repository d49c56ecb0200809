import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { systemClock } from './clock.ts';

/** Both ends of a connection; whatever arrives at ours is noted. */
async function line(heard: string[]) {
  const server = net.createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const other = net.connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [ours] = await once(server, 'connection');
  ours.on('data', () => heard.push('answer'));
  return {
    other,
    [Symbol.dispose]() {
      other.destroy();
      ours.destroy();
      server.close();
    },
  };
}

/** As garbage collection of a large heap, or a crowd of requests. */
function beBusy(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

test('whoever waits goes on only when what came meanwhile was heard', async () => {
  const heard: string[] = [];
  using connection = await line(heard);
  const slept = systemClock.sleep(5).then(() => heard.push('sleep is over'));
  using _task = systemClock.every(5, () => heard.push('task'));
  connection.other.write('answer');
  beBusy(50);
  await slept;
  expect(heard[0]).toBe('answer');
  expect(heard).toContain('sleep is over');
});

test('a task that is disposed of does not run any more, also when it was due', async () => {
  let runs = 0;
  const task = systemClock.every(1, () => runs++);
  beBusy(10);
  const before = await new Promise<number>((resolve) => setTimeout(() => resolve(runs), 0));
  task[Symbol.dispose]();
  await systemClock.sleep(10);
  expect(runs).toBe(before);
});
