import { PlatformError } from '@zhiyun/kernel';
import type { FoundDomain } from './discover-domains.ts';

/**
 * The domain that is meant. `wantedName`: a domain's name or id. Throws `unavailable` when it was not found,
 * `invalid-request` when the choice is ambiguous.
 */
export function chooseDomain(found: readonly FoundDomain[], wantedName?: string): FoundDomain {
  const fitting =
    wantedName === undefined ? found : found.filter(({ id, name }) => name === wantedName || id === wantedName);
  const [one, ...others] = fitting;
  if (!one) throw nothingFound(found, wantedName);
  if (others.length === 0) return one;
  const sameName = fitting.every(({ name }) => name === one.name);
  throw new PlatformError(
    'invalid-request',
    sameName
      ? `${fitting.length} domains in this network are called "${one.name}". Say which by its id: ${fitting.map(({ id }) => `--domain ${id}`).join(' or ')}.`
      : `${fitting.length} domains are in this network: ${names(fitting)}. Say which with --domain NAME.`,
  );
}

function nothingFound(found: readonly FoundDomain[], wantedName: string | undefined): PlatformError {
  const cure =
    'Give the address of a Data Server with --data HOST[:PORT]; the network between here and there may not carry multicast (UDP port 5353).';
  if (wantedName === undefined) return new PlatformError('unavailable', `No domain answers in this network. ${cure}`);
  const instead = found.length > 0 ? ` There is ${names(found)}.` : '';
  return new PlatformError(
    'unavailable',
    `The domain "${wantedName}" does not answer in this network.${instead} ${cure}`,
  );
}

function names(domains: readonly FoundDomain[]): string {
  return [...new Set(domains.map(({ name }) => `"${name}"`))].sort().join(', ');
}
