import { say } from '@zhiyun/contracts';
import { virtualClock } from '@zhiyun/testkit';
import { expect, test } from 'vitest';
import { FindingBook } from './finding-book.ts';
import type { Fault, Part } from './network-diff.ts';

const missing: Fault = {
  kind: 'rules-missing',
  subject: '',
  part: 'table',
  severity: 'error',
  sentence: say('network.rules-missing', { table: 'inet x' }),
};
const off: Fault = { ...missing, kind: 'forwarding-off', part: 'forwards' };
const parts = (...names: Part[]) => new Set(names);

test('what comes and goes is noted once, by whom, and only where somebody looked', () => {
  const book = new FindingBook(virtualClock());
  const told: number[] = [];
  book.changed.on(({ sequence }) => told.push(sequence));
  expect(book.take(parts('table', 'forwards'), [missing, off], 'firewalld')).toHaveLength(2);
  expect(book.take(parts('table'), [missing], 'somebody')).toEqual([]);
  expect(book.take(parts('table'), [], null)).toEqual([]);
  const { findings, changes, life } = book.report;
  expect(findings.map(({ kind }) => kind)).toEqual(['forwarding-off']);
  expect(changes.map(({ change, finding, by }) => [change, finding.kind, by])).toEqual([
    ['altered', 'rules-missing', 'firewalld'],
    ['altered', 'forwarding-off', 'firewalld'],
    ['restored', 'rules-missing', null],
  ]);
  // Every change of the report has a number of its own that grows.
  expect(told).toHaveLength(2);
  expect(told[1]).toBeGreaterThan(told[0] ?? 0);
  expect(new FindingBook(virtualClock()).report.life).not.toBe(life);
});

test('other words for the same finding are told, but are no change', () => {
  const book = new FindingBook(virtualClock());
  book.take(parts('table'), [missing], null);
  const since = book.report.findings[0]?.since;
  book.take(parts('table'), [{ ...missing, sentence: say('network.rules-missing', { table: 'inet y' }) }], null);
  expect(book.report.findings).toMatchObject([{ since, detail: expect.stringContaining('inet y') }]);
  expect(book.report.changes).toHaveLength(1);
});
