import type { Event } from '@zhiyun/contracts';
import i18n from 'i18next';
import { beforeAll, expect, it } from 'vitest';
import common from '../../locales/zh-CN/common.ts';
import { eventSentence } from './event-sentence.ts';
import events from './zh-CN.ts';

beforeAll(async () => {
  await i18n.init({ lng: 'zh-CN', resources: { 'zh-CN': { common, events } }, interpolation: { escapeValue: false } });
});

const event = (kind: string, data: Event['data'] = {}): Event => ({
  seq: 1,
  at: '2026-11-22T12:00:00Z',
  kind,
  severity: 'info',
  subject: { kind: kind.split('.')[0] as 'instance', id: 'x', name: 'x' },
  data,
  actor: null,
  operation: null,
});

it('makes sentences from kind and data', () => {
  expect(eventSentence(event('instance.renamed', { from: 'a', to: 'b' }))).toBe('云主机由“a”更名为“b”');
  expect(eventSentence(event('node.state-changed', { to: 'suspect' }))).toBe('节点状态变为“疑似失联”');
  expect(eventSentence(event('component.state-changed', { to: 'gone' }))).toBe('组件状态变为“离线”');
  expect(eventSentence(event('node.instances-changed', { to: 'unknown', count: 3 }))).toBe(
    '节点上的 3 台云主机状态变为“状态未知”',
  );
  expect(eventSentence(event('operation.failed', { kind: 'instance.start' }))).toBe('启动云主机失败');
});

it('says why an instance stopped, unless somebody ordered it', () => {
  const stopped = (stopReason: string) => eventSentence(event('instance.state-changed', { to: 'stopped', stopReason }));
  expect(stopped('crashed')).toBe('云主机状态变为“已关机”：异常退出');
  expect(stopped('requested')).toBe('云主机状态变为“已关机”');
});

it('says what keeps an instance from working, also what only a newer platform knows', () => {
  const began = (kind: string) => eventSentence(event('instance.condition-began', { kind }));
  expect(began('not-responding')).toBe('云主机运行异常：无响应');
  expect(began('on-fire')).toBe('云主机运行异常：on-fire');
});

it('shows what a newer platform tells by its own names', () => {
  expect(eventSentence(event('router.joined'))).toBe('router.joined');
  expect(eventSentence(event('operation.started', { kind: 'router.drain' }))).toBe('开始router.drain');
  expect(eventSentence(event('instance.state-changed', { to: 'migrating' }))).toBe('云主机状态变为“migrating”');
});

it('says what was found with the network of a node in the language of the page, and by whom', () => {
  const data = {
    finding: 'rules-missing',
    detail: 'The rules around the guests (nftables table inet x) are gone.',
    sentence: { key: 'network.rules-missing', params: { table: 'inet x' } },
  };
  expect(eventSentence(event('node.network-altered', { ...data, by: 'firewalld' }))).toBe(
    '云主机网络被 firewalld 改动：云主机的防护规则（nftables 表 inet x）不见了。',
  );
  expect(eventSentence(event('node.network-altered', { ...data, by: null }))).toContain('云主机网络异常：云主机的');
  expect(eventSentence(event('node.network-restored', data))).toContain('云主机网络已恢复：');
  expect(eventSentence(event('node.network-altered', { detail: 'It snows.', by: null }))).toBe(
    '云主机网络异常：It snows.',
  );
});
