import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { InstanceId, NodeId, NodeLoad } from '@zhiyun/contracts';
import { virtualClock } from '@zhiyun/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { LoadBoard } from './load-board.ts';

const nodeLoad = (cpu: number): NodeLoad => ({
  at: '2026-01-01T00:00:00.000Z',
  cpu,
  memoryUsedBytes: 1000,
  diskUsedBytes: 2000,
  diskReadBytesPerSecond: 1,
  diskWriteBytesPerSecond: 2,
  networkReceiveBytesPerSecond: 3,
  networkTransmitBytesPerSecond: 4,
});
const usage = (cpu: number): number[] => [cpu, 64, 0, 0, 0, 0, 0, 0];

const nodeA = 'node-a' as NodeId;
const nodeB = 'node-b' as NodeId;
const web = 'web' as InstanceId;

describe('the load board', () => {
  const clock = virtualClock();
  let board = new LoadBoard(clock);
  afterEach(() => {
    board[Symbol.dispose]();
    board = new LoadBoard(clock);
  });

  it('knows a load while it is fresh and says so when it is not', async () => {
    board.recordNode(nodeA, nodeLoad(0.5), 4);
    expect(board.nodeLoad(nodeA)?.cpu).toBe(0.5);
    await clock.advance(11_000);
    expect(board.nodeLoad(nodeA)).toBeNull();
    expect(board.systemLoad()).toBeNull();
  });

  it('weighs the platform’s CPU by cores and sums the rest', async () => {
    board.recordNode(nodeA, nodeLoad(1), 2);
    board.recordNode(nodeB, nodeLoad(0), 6);
    expect(board.systemLoad()).toMatchObject({ cpu: 0.25, memoryUsedBytes: 2000, networkTransmitBytesPerSecond: 8 });
    await clock.advance(8_000);
    expect(board.systemSeries().map(({ cpu }) => cpu)).toEqual([0.25, 0.25]);
  });

  it('keeps ten minutes: the last one as it came, before that averaged to 24 s', async () => {
    for (let sample = 0; sample < 300; sample++) {
      board.recordInstances(nodeA, { ...(sample === 0 && { running: [web] }), usage: usage(sample % 3 === 0 ? 1 : 0) });
      await clock.advance(4_000);
    }
    const series = board.instanceSeries(web);
    const times = series.map(({ at }) => Date.parse(at));
    expect(times).toEqual([...times].sort((a, b) => a - b));
    const last = times.at(-1) ?? 0;
    expect(last - (times[0] ?? 0)).toBeGreaterThan(9 * 60_000);
    expect(last - (times[0] ?? 0)).toBeLessThanOrEqual(10 * 60_000);
    expect(series.at(-1)).toEqual(expect.objectContaining({ memoryBytes: 64 }));
    expect(series[3]?.cpu).toBeCloseTo(1 / 3, 5);
    expect(series.slice(-14).every(({ cpu }) => cpu === 0 || cpu === 1)).toBe(true);
    expect(series.length).toBeLessThan(75);
  });

  it('forgets what was silent for the whole span', async () => {
    board.recordInstances(nodeA, { running: [web], usage: usage(1) });
    await clock.advance(12 * 60_000);
    expect(board.instanceSeries(web)).toEqual([]);
    board.recordInstances(nodeA, { usage: usage(0.5) });
    expect(board.instanceSeries(web).at(-1)).toMatchObject({ cpu: 0.5, memoryBytes: 64 });
  });

  it('knows whose figures are whose, and refuses what does not fit', () => {
    const db = 'db' as InstanceId;
    board.recordInstances(nodeA, { running: [web, db], usage: [...usage(0.25), ...usage(0.75)] });
    board.recordInstances(nodeB, { running: ['other' as InstanceId], usage: usage(1) });
    const cpu = (id: InstanceId) => board.instanceSeries(id).at(-1)?.cpu;
    expect([cpu(web), cpu(db)]).toEqual([0.25, 0.75]);
    expect(() => board.recordInstances(nodeA, { usage: usage(1) })).toThrow(
      '8 figures of usage are not 8 for each of 2',
    );
    board.forgetNode(nodeA);
    expect(() => board.recordInstances(nodeA, { usage: usage(1) })).toThrow('for each of 0 instances');
  });

  it('knows figures by their keys: those of another order, of a newer node, and of one that lacks some', async () => {
    const db = 'db' as InstanceId;
    const usageKeys = ['temperature', 'memoryBytes', 'cpu'];
    board.recordInstances(nodeA, { running: [web, db], usageKeys, usage: [60, 64, 0.25, 61, 128, 0.75] });
    await clock.advance(4_000);
    board.recordInstances(nodeA, { usage: [60, 64, 0.5, 61, 128, 1] });
    const last = (id: InstanceId) => board.instanceSeries(id).at(-1);
    expect(last(web)).toMatchObject({ cpu: 0.5, memoryBytes: 64, diskReadBytesPerSecond: 0 });
    expect(last(db)).toMatchObject({ cpu: 1, memoryBytes: 128, diskReadBytesPerSecond: 0 });
    expect(() => board.recordInstances(nodeA, { usage: usage(1) })).toThrow(
      '8 figures of usage are not 3 for each of 2',
    );
  });

  it('holds 20,000 instances in tens of MB', async () => {
    // In a thread of its own: what other tests of this process leave to be collected would be counted as well.
    const thread = new Worker(new URL('./testing/measure-load-board.ts', import.meta.url), { workerData: 20_000 });
    const [bytes] = await once(thread, 'message');
    expect(bytes).toBeLessThan(80 * 1024 * 1024);
    expect(bytes).toBeGreaterThan(10 * 1024 * 1024);
  });
});
