/**
 * Accepts guests' packets in Docker's `DOCKER-USER` chain: Docker drops what is forwarded for others, and our own table
 * filters guests anyway. Other firewalls have no such hook; see firewall-mend.ts.
 */
import { guestInterfacePrefix } from '@zhiyun/contracts';
import type { RunCommand } from '../run-command.ts';
import { type NftChain, type NftRule, parseNft, rulesOf } from './nft-json.ts';

const place = 'ip filter DOCKER-USER';
const directions = ['iifname', 'oifname'] as const;

export function hasDockerChain(chains: readonly NftChain[]): boolean {
  return chains.some(({ family, table, name }) => `${family} ${table} ${name}` === place);
}

/** Commands for what is not there yet; as iptables would have written it, so that it goes on reading its chains. Pure. */
export function missingAccepts(shortId: string, rules: readonly NftRule[]): string {
  const wanted = `${guestInterfacePrefix(shortId)}*`;
  return directions
    .filter((direction) => !ownRules(shortId, rules).some((rule) => JSON.stringify(rule.expr).includes(direction)))
    .map((direction) => `insert rule ${place} ${direction} "${wanted}" counter accept\n`)
    .join('');
}

function ownRules(shortId: string, rules: readonly NftRule[]): NftRule[] {
  const name = JSON.stringify(`${guestInterfacePrefix(shortId)}*`);
  return rules.filter(
    ({ family, table, chain, expr }) =>
      `${family} ${table} ${chain}` === place && JSON.stringify(expr).includes(name) && expr.some(isAccept),
  );
}

function isAccept(expression: unknown): boolean {
  return typeof expression === 'object' && expression !== null && 'accept' in expression;
}

/** Whatever of ours lies there. */
export async function removeAccepts(run: RunCommand, shortId: string): Promise<void> {
  const listing = await run('nft', ['--json', 'list', 'chain', 'ip', 'filter', 'DOCKER-USER']).catch(() => '');
  const handles = ownRules(shortId, rulesOf(parseNft(listing))).map(({ handle }) => handle);
  if (handles.length > 0)
    await run('nft', ['-f', '-'], handles.map((handle) => `delete rule ${place} handle ${handle}\n`).join(''));
}
