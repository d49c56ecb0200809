/**
 * Dials a component that has several addresses by happy eyeballs: the likeliest first, the others in parallel after a
 * head start.
 */
import type { LinkAddress, LinkEndpoint } from '@zhiyun/contracts/links';
import { type Clock, PlatformError } from '@zhiyun/kernel';
import { headStartMs } from '../limits.ts';
import type { Session } from '../rpc/session.ts';
import { machineId } from './own-endpoint.ts';
import { type Attempt, race } from './race.ts';

/** `machine` of an endpoint of which only an address is known. */
export const unknownMachine = 'unknown';

export function endpointAt({ host, port }: LinkAddress): LinkEndpoint {
  return { hosts: [host], port, machine: unknownMachine };
}

export function isPlaceOf({ hosts, port }: LinkEndpoint, address: LinkAddress): boolean {
  return port === address.port && hosts.includes(address.host);
}

/** Addresses in dialling order: loopback on our own machine, the one that worked last, then in the peer's order. */
export function addressesOf({ hosts, port, machine }: LinkEndpoint, last?: LinkAddress): LinkAddress[] {
  const near = machine === machineId() ? ['127.0.0.1'] : [];
  const worked = last?.port === port && hosts.includes(last.host) ? [last.host] : [];
  return [...new Set([...near, ...worked, ...hosts])].map((host) => ({ host, port }));
}

/**
 * The first session whose peer proves the expected identity. Throws `unavailable`, or the refusal of a peer that
 * answered.
 */
export async function dialFirst<T extends Session>(
  addresses: readonly LinkAddress[],
  dial: (address: LinkAddress, signal: AbortSignal, reached: () => void) => Promise<T>,
  { clock, signal }: { clock: Clock; signal: AbortSignal },
): Promise<T> {
  if (addresses.length === 0) throw new PlatformError('unavailable', 'No address is known.');
  const attempts = addresses.map(
    (address): Attempt<T> =>
      (ended, reached) =>
        dial(address, ended, reached),
  );
  return await race(attempts, { headStartMs, clock, signal, discard: (late) => late.close() });
}
