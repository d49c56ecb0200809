import type { NetworkFinding, NetworkReport } from '@zhiyun/contracts';
import { expect, test } from 'vitest';
import { networkNews } from './node-network.ts';

const at = '2026-01-01T00:00:00.000Z';
const finding = (kind: string, subject = ''): NetworkFinding => ({
  kind,
  subject,
  severity: 'error',
  detail: kind,
  sentence: { key: `network.${kind}`, params: {} },
  mend: null,
  mendSentence: null,
  since: at,
});
const change = (sequence: number, what: 'altered' | 'restored', kind: string, by: string | null = null) =>
  ({ sequence, at, change: what, finding: finding(kind), by }) as const;
const report = (sequence: number, findings: string[], ...changes: NetworkReport['changes']): NetworkReport => ({
  life: 'a',
  sequence,
  findings: findings.map((kind) => finding(kind)),
  changes,
});
const kept = ({ life, sequence, findings }: NetworkReport) => ({ life, sequence, findings });
const told = (news: ReturnType<typeof networkNews>) =>
  news?.map(({ change: what, finding: { kind }, by }) => `${what} ${kind} ${by}`);

test('what was altered and restored between two reports is told, each once', () => {
  const flushed = report(
    3,
    [],
    change(2, 'altered', 'rules-missing', 'firewalld'),
    change(3, 'restored', 'rules-missing'),
  );
  expect(told(networkNews(kept(report(1, [])), flushed))).toEqual([
    'altered rules-missing firewalld',
    'restored rules-missing null',
  ]);
  expect(networkNews(kept(flushed), flushed)).toBeUndefined();
  expect(told(networkNews(kept(flushed), { ...flushed, sequence: 4 }))).toEqual([]);
});

test('an older report of the same life never wins', () => {
  expect(networkNews(kept(report(5, ['tap-down'])), report(4, []))).toBeUndefined();
});

test('a new life tells again what it finds: what is known already is no news, what is gone is', () => {
  const before = kept(report(90, ['forward-blocked', 'no-resolvers']));
  const fresh = {
    ...report(
      3,
      ['forward-blocked', 'dhcp-stopped'],
      change(2, 'altered', 'forward-blocked'),
      change(3, 'altered', 'dhcp-stopped'),
    ),
    life: 'b',
  };
  expect(told(networkNews(before, fresh))).toEqual(['altered dhcp-stopped null', 'restored no-resolvers null']);
});

test('what has fallen out of the changes is told all the same', () => {
  expect(told(networkNews(kept(report(1, ['tap-down'])), report(200, ['dhcp-stopped'])))).toEqual([
    'restored tap-down null',
    'altered dhcp-stopped null',
  ]);
});
