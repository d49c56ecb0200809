import type { Condition, InstanceId } from '@zhiyun/contracts';
import { expect, test } from 'vitest';
import { type Run, runEvents } from './instance-run.ts';

const since = '2026-01-01T00:00:00.000Z';
const run = (kind: Condition['kind'] | null, more: Partial<Run> = {}): Run => ({
  ...{ condition: kind && { kind, since }, epoch: 1, startedBy: 'order' },
  ...more,
});
const told = (from: Run | null, to: Run | null) =>
  runEvents({ id: 'i' as InstanceId, name: 'web', run: from }, to).map(({ kind, data }) => [kind, data?.kind]);

test('a condition is told when it begins, when it ends, and when it becomes another', () => {
  expect(told(run(null), run('paused'))).toEqual([['instance.condition-began', 'paused']]);
  expect(told(run('paused'), run('paused'))).toEqual([]);
  expect(told(run('paused'), run(null))).toEqual([['instance.condition-ended', 'paused']]);
  expect(told(run('paused'), run('disk-full'))).toEqual([
    ['instance.condition-ended', 'paused'],
    ['instance.condition-began', 'disk-full'],
  ]);
});

test('a machine that ends, or is another now, takes its condition with it', () => {
  expect(told(run('paused'), null)).toEqual([]);
  expect(told(run('paused'), run(null, { epoch: 2 }))).toEqual([]);
  expect(told(run('paused'), run('paused', { epoch: 2 }))).toEqual([['instance.condition-began', 'paused']]);
});

test('what a node has started by itself is told, once', () => {
  const restarted = run(null, { epoch: 2, startedBy: 'node' });
  expect(told(run(null), restarted)).toEqual([['instance.restarted', undefined]]);
  expect(told(null, restarted)).toEqual([['instance.restarted', undefined]]);
  expect(told(restarted, restarted)).toEqual([]);
  expect(told(restarted, { ...restarted, condition: { kind: 'paused', since } })).toEqual([
    ['instance.condition-began', 'paused'],
  ]);
});
