import { type InstanceId, instanceUsageKeys } from '@zhiyun/contracts';
import { firstUsageKeys, type InstanceReport, linkProtocol, type NodeReport } from '@zhiyun/contracts/links';
import { newId } from '@zhiyun/kernel';
import { expect, test } from 'vitest';
import type { LoadReport } from '../usage/sampler.ts';
import { ReportQueue } from './report-queue.ts';

const [one, two] = [newId<InstanceId>(), newId<InstanceId>()];
const nothingUsed = Object.fromEntries(instanceUsageKeys.map((key) => [key, 0])) as LoadReport['usage'][number];
const load = (cpu: number, running: readonly InstanceId[] = []): LoadReport => ({
  type: 'load',
  running,
  usage: running.map(() => ({ ...nothingUsed, cpu })),
  load: {
    at: '2026-01-01T00:00:00.000Z',
    cpu,
    memoryUsedBytes: 0,
    diskUsedBytes: 0,
    diskReadBytesPerSecond: 0,
    diskWriteBytesPerSecond: 0,
    networkReceiveBytesPerSecond: 0,
    networkTransmitBytesPerSecond: 0,
  },
});
function report(instanceId: InstanceId, sequence: number): { type: 'instance'; report: InstanceReport } {
  const still = {
    generation: 1,
    state: 'stopped',
    stopReason: null,
    stopDetail: null,
    pid: null,
    address: null,
  } as const;
  return { type: 'instance', report: { instanceId, sequence, ...still } };
}

test('a watcher that comes late hears only the newest of each', async () => {
  const queue = new ReportQueue(linkProtocol.newest);
  queue.pushChange(report(one, 1));
  queue.pushChange(report(two, 1));
  queue.pushLoad(load(0.1));
  queue.pushChange(report(one, 2));
  queue.pushLoad(load(0.2));
  queue.pushChange({ type: 'gone', instanceId: two, sequence: 2 });

  const heard: NodeReport[] = [];
  const end = new AbortController();
  for await (const item of queue.read(end.signal)) {
    heard.push(item);
    if (heard.length === 3) end.abort();
  }
  expect(heard).toEqual([
    report(one, 2),
    { type: 'gone', instanceId: two, sequence: 2 },
    { ...load(0.2), usageKeys: instanceUsageKeys },
  ]);
});

test('a watcher that waits is woken by news, and by its own end', async () => {
  const queue = new ReportQueue(linkProtocol.newest);
  const end = new AbortController();
  const reading = queue.read(end.signal);
  for (const sequence of [1, 2]) {
    const next = reading.next();
    queue.pushChange(report(one, sequence));
    expect((await next).value).toEqual(report(one, sequence));
  }
  const last = reading.next();
  end.abort();
  expect((await last).done).toBe(true);
});

test('what runs is named when it is not what the watcher was told before, also when a load was passed over', async () => {
  const queue = new ReportQueue(linkProtocol.newest);
  const reading = queue.read(new AbortController().signal);
  const next = async (...loads: LoadReport[]) => {
    for (const each of loads) queue.pushLoad(each);
    const { value } = await reading.next();
    const width = instanceUsageKeys.length;
    if (value?.type !== 'load') return value;
    return [value.running, value.usage.filter((_, index) => index % width === 0)];
  };
  const [both, alone] = [[one, two], [one]];
  expect(await next(load(0.1, both))).toEqual([both, [0.1, 0.1]]);
  expect(await next(load(0.2, both))).toEqual([undefined, [0.2, 0.2]]);
  expect(await next(load(0.3, alone), load(0.4, alone))).toEqual([alone, [0.4]]);
  expect(await next(load(0.5, both), load(0.6, alone))).toEqual([undefined, [0.6]]);
});

test.each([
  [1, [...firstUsageKeys]],
  [linkProtocol.newest, [...instanceUsageKeys]],
])('a watcher of protocol %i is told figures in an order that it knows, and which', async (protocol, keys) => {
  const queue = new ReportQueue(protocol);
  queue.pushLoad({ ...load(0, [one]), usage: [{ ...nothingUsed, cpu: 0.5, networkTransmitBytesPerSecond: 7 }] });
  const { value } = await queue.read(new AbortController().signal).next();
  if (value?.type !== 'load') throw new Error('no load');
  expect(value.usageKeys).toEqual(keys);
  expect(Object.fromEntries(keys.map((key, index) => [key, value.usage[index]]))).toMatchObject({
    cpu: 0.5,
    networkTransmitBytesPerSecond: 7,
  });
});
