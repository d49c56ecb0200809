import { expect, test } from 'vitest';
import type { Event } from './event.ts';
import { eventSentence } from './event-sentence.ts';
import { staleKinds } from './stale-kinds.ts';

const zh = (kind: string, data: Event['data'] = {}) => eventSentence({ kind, data }, 'zh');

test('the sentence is made of the words of the kind and the data', () => {
  expect(zh('instance.renamed', { from: 'a', to: 'b' })).toBe('云主机由“a”更名为“b”');
  expect(zh('node.state-changed', { to: 'suspect' })).toBe('节点状态变为“疑似失联”');
  expect(zh('component.state-changed', { to: 'gone' })).toBe('组件状态变为“离线”');
  expect(zh('node.instances-changed', { to: 'unknown', count: 3 })).toBe('节点上的 3 台云主机状态变为“状态未知”');
  expect(zh('operation.failed', { kind: 'instance.start' })).toBe('启动云主机失败');
  expect(eventSentence({ kind: 'operation.failed', data: { kind: 'instance.start' } }, 'en')).toBe(
    'Start instance: failed',
  );
});

test('why an instance stopped is said, unless somebody ordered it', () => {
  const stopped = (stopReason: string) => zh('instance.state-changed', { to: 'stopped', stopReason });
  expect(stopped('crashed')).toBe('云主机状态变为“已关机”：异常退出');
  expect(stopped('requested')).toBe('云主机状态变为“已关机”');
  expect(zh('instance.state-changed', { to: 'running', stopReason: null })).toBe('云主机状态变为“运行中”');
});

test('what a newer platform tells is said by its own names', () => {
  expect(zh('router.joined')).toBe('router.joined');
  expect(zh('instance.levitated')).toBe('instance.levitated');
  expect(zh('operation.started', { kind: 'router.drain' })).toBe('开始router.drain');
  expect(zh('instance.state-changed', { to: 'migrating' })).toBe('云主机状态变为“migrating”');
  expect(zh('instance.condition-began', { kind: 'on-fire' })).toBe('云主机运行异常：on-fire');
});

test('a detail is said in the language of the reader', () => {
  const detail = 'The rules around the guests (nftables table inet x) are gone.';
  const data = { detail, sentence: { key: 'network.rules-missing', params: { table: 'inet x' } } };
  expect(zh('node.network-altered', { ...data, by: 'firewalld' })).toBe(
    '云主机网络被 firewalld 改动：云主机的防护规则（nftables 表 inet x）不见了。',
  );
  expect(zh('node.network-altered', { ...data, by: null })).toContain('云主机网络异常：云主机的');
  expect(zh('node.network-altered', { detail: 'It snows.', by: null })).toBe('云主机网络异常：It snows.');
  expect(zh('node.network-altered', { detail: 'It snows.', sentence: { key: 'network.snow' } })).toContain('It snows.');
});

const subject = (kind: string) => ({ kind, id: 'x', name: 'x' }) as Event['subject'];

test('an event makes out of date what it is about, and what hangs on that', () => {
  const stale = (kind: string, about: string, operation: Event['operation'] = null) =>
    staleKinds({ kind, subject: subject(about), operation }).sort();
  expect(stale('instance.renamed', 'instance')).toEqual(['compute-pool', 'event', 'instance', 'node', 'system']);
  expect(stale('operation.failed', 'image')).toEqual(['event', 'image', 'operation', 'system']);
  expect(stale('image.moved', 'image', 'o' as never)).toContain('operation');
  expect(stale('join-token.created', 'system')).toEqual(['event', 'join-token', 'system']);
  expect(stale('router.joined', 'router')).toEqual(['event']);
});
