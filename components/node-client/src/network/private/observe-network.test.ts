import { PlatformError } from '@zhiyun/kernel';
import { expect, test } from 'vitest';
import type { RunCommand } from '../run-command.ts';
import { observeForeignRules } from './observe-network.ts';

const chainOf = (table: string) => ({
  chain: { family: 'ip', table, name: 'c', hook: 'forward', type: 'filter', prio: 0, policy: 'accept' },
});
const ruleOf = (table: string) => ({ rule: { family: 'ip', table, chain: 'c', expr: [{ drop: null }] } });
const failed = (words: string) => new PlatformError('node-fault', `nft failed (status 1): ${words}.`);

/** `broken`: what nft says to the question for the rules of that table. */
function seen(broken: Record<string, string | Error>) {
  const tables = ['good', ...Object.keys(broken), 'zhiyun_abcdef12', 'zhiyun_guard_abcdef12'];
  const run: RunCommand = async (_command, args) => {
    if (args.includes('chains')) return JSON.stringify({ nftables: tables.map(chainOf) });
    const table = args.at(-1) ?? '';
    const answer = broken[table] ?? JSON.stringify({ nftables: [chainOf(table), ruleOf(table)] });
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return observeForeignRules(run, 'abcdef12');
}

test('a table that is gone by now, or whose rules nft cuts short, does not hide the others; ours are not read', async () => {
  const { chains, rules } = await seen({
    gone: failed('Error: No such file or directory'),
    cut: '{"nftables": [{"table": {"family": "ip"',
  });
  expect(chains.map(({ table }) => table)).toEqual(['good']);
  expect(rules.map(({ table }) => table)).toEqual(['good']);
});

test('that nft could not be asked is an error, not a firewall without obstacles', async () => {
  await expect(
    seen({ other: failed('netlink: Error: cache initialization failed: Operation not permitted') }),
  ).rejects.toThrow(/Operation not permitted/);
});
