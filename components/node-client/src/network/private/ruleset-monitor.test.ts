import { expect, test } from 'vitest';
import { missingAccepts } from './docker-accept.ts';
import type { NftRule } from './nft-json.ts';
import { readMonitorLine } from './ruleset-monitor.ts';

test.each<[string, unknown]>([
  ['delete table inet zhiyun_abcdef12', 'ours'],
  ['delete rule inet zhiyun_abcdef12 forward handle 25', 'ours'],
  ['add chain inet zhiyun_abcdef12 x { type filter hook input priority filter; policy accept; }', 'ours'],
  ['add element inet zhiyun_abcdef12 links { "zyabcdef12-1" . 02:00:00:00:00:02 }', undefined],
  ['delete table inet zhiyun_abcdef13', 'others'],
  ['add rule ip filter FORWARD counter packets 0 bytes 0 jump DOCKER-USER', 'others'],
  ['# new generation 8 by process 13728 (firewalld)', { by: 'firewalld' }],
  ['', undefined],
])('%s', (line, said) => expect(readMonitorLine('abcdef12', line)).toEqual(said));

test('in Docker’s chain only what is missing is added', () => {
  const accept = (direction: string, name: string): NftRule => ({
    family: 'ip',
    table: 'filter',
    chain: 'DOCKER-USER',
    expr: [{ match: { op: '==', left: { meta: { key: direction } }, right: name } }, { accept: null }],
  });
  const insert = (direction: string) =>
    `insert rule ip filter DOCKER-USER ${direction} "zyabcdef12-*" counter accept\n`;
  expect(missingAccepts('abcdef12', [])).toBe(insert('iifname') + insert('oifname'));
  expect(missingAccepts('abcdef12', [accept('iifname', 'zyabcdef12-*'), accept('oifname', 'eth0')])).toBe(
    insert('oifname'),
  );
  expect(
    missingAccepts(
      'abcdef12',
      ['iifname', 'oifname'].map((each) => accept(each, 'zyabcdef12-*')),
    ),
  ).toBe('');
});
