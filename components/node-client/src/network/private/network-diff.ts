/**
 * Differences between desired and observed guest network, each with its mend: by us (`repair`) or by the administrator
 * (`mend`). Pure.
 */
import { type NetworkFindingKind, type Sentence, say } from '@zhiyun/contracts';
import { PlatformError } from '@zhiyun/kernel';
import { reservationOf } from './dhcp-reservations.ts';
import { mendOf } from './firewall-mend.ts';
import { overlapsOf, rangeText } from './guest-range.ts';
import type { ObservedNetwork, WantedNetwork } from './network-state.ts';
import { elementsOf } from './nft-json.ts';
import { tableName } from './render-nft.ts';

export type Repair = 'rules' | 'guard' | 'taps' | 'forwarding' | 'reservations' | 'dhcp';
export type Part = keyof ObservedNetwork;

export interface Fault {
  kind: NetworkFindingKind;
  subject: string;
  /** The observed part it was found in. */
  part: Part;
  severity: 'warning' | 'error';
  sentence: Sentence;
  mend?: Sentence;
  repair?: Repair;
}

export const forwardingSysctl = 'net.ipv4.ip_forward';

export function diffNetwork(wanted: WantedNetwork, observed: ObservedNetwork): Fault[] {
  return [
    ...tableFaults(wanted, observed),
    ...guardFaults(observed),
    ...tapFaults(wanted, observed),
    ...forwardingFaults(observed),
    ...dhcpFaults(wanted, observed),
    ...obstacleFaults(wanted, observed),
    ...rangeFaults(wanted, observed),
    ...resolverFaults(wanted, observed),
  ];
}

function tableFaults({ shortNodeId, tableForm, links }: WantedNetwork, { table }: ObservedNetwork): Fault[] {
  if (table === undefined) return [];
  const about = { part: 'table', subject: '', severity: 'error', repair: 'rules' } as const;
  const named = { table: `inet ${tableName(shortNodeId)}` };
  if (table === null) return [{ ...about, kind: 'rules-missing', sentence: say('network.rules-missing', named) }];
  const elements = new Set(links.flatMap(elementsOf));
  const same = table.form === tableForm && table.elements.symmetricDifference(elements).size === 0;
  return same ? [] : [{ ...about, kind: 'rules-altered', sentence: say('network.rules-altered', named) }];
}

function guardFaults({ hasGuard }: ObservedNetwork): Fault[] {
  if (hasGuard !== false) return [];
  return [
    {
      kind: 'guard-missing',
      part: 'hasGuard',
      subject: '',
      severity: 'warning',
      sentence: say('network.guard-missing'),
      mend: say('network.mend.guard'),
      repair: 'guard',
    },
  ];
}

function tapFaults({ links }: WantedNetwork, { taps, localAddresses, unplugged }: ObservedNetwork): Fault[] {
  if (!taps) return [];
  return links.flatMap(({ tap, gateway }): Fault[] => {
    const about = { part: 'taps', subject: tap, severity: 'error', repair: 'taps' } as const;
    const found = taps.get(tap);
    if (!found) return [{ ...about, kind: 'tap-missing', sentence: say('network.tap-missing', { tap }) }];
    if (!found.isUp) return [{ ...about, kind: 'tap-down', sentence: say('network.tap-down', { tap }) }];
    if (localAddresses && !localAddresses.has(gateway))
      return [
        { ...about, kind: 'address-missing', sentence: say('network.address-missing', { tap, address: gateway }) },
      ];
    if (!unplugged?.has(tap)) return [];
    const { repair: _, ...lasting } = about;
    const words = { sentence: say('network.tap-unplugged', { tap }), mend: say('network.mend.start-anew') };
    return [{ ...lasting, kind: 'tap-unplugged', ...words }];
  });
}

function forwardingFaults({ forwards }: ObservedNetwork): Fault[] {
  if (forwards !== false) return [];
  const sentence = say('network.forwarding-off', { sysctl: forwardingSysctl });
  return [{ kind: 'forwarding-off', part: 'forwards', subject: '', severity: 'error', sentence, repair: 'forwarding' }];
}

function dhcpFaults({ links, directory }: WantedNetwork, { dhcp, reservations }: ObservedNetwork): Fault[] {
  const faults: Fault[] = [];
  const about = { subject: '', severity: 'error' } as const;
  if (reservations) {
    const same =
      reservations.size === links.length &&
      links.every((link) => reservations.get(String(link.slot)) === reservationOf(link));
    const sentence = say('network.dhcp-files', { directory });
    if (!same) faults.push({ ...about, kind: 'dhcp-files', part: 'reservations', sentence, repair: 'reservations' });
  }
  if (dhcp && !dhcp.runs) {
    const { problem } = dhcp;
    const words = problem instanceof PlatformError ? problem.sentence : undefined;
    const reason = words ?? (problem instanceof Error ? problem.message : say('network.dhcp-ended'));
    const isTaken = words?.key === 'network.port-taken';
    faults.push({
      ...about,
      kind: 'dhcp-stopped',
      part: 'dhcp',
      sentence: say('network.dhcp-stopped', { reason }),
      mend: isTaken
        ? say('network.mend.end-holder', { holder: words.params.holder as Sentence })
        : say('network.mend.log'),
      repair: 'dhcp',
    });
  }
  return faults;
}

function obstacleFaults({ shortNodeId }: WantedNetwork, { obstacles }: ObservedNetwork): Fault[] {
  if (!obstacles) return [];
  const kinds = { forward: 'forward-blocked', input: 'input-blocked' } as const;
  return (['forward', 'input'] as const).flatMap((hook) =>
    obstacles[hook].map((obstacle): Fault => {
      const chain = `${obstacle.family} ${obstacle.table} ${obstacle.chain}`;
      return {
        kind: kinds[hook],
        part: 'obstacles',
        subject: chain,
        severity: 'error',
        sentence: say(`network.${kinds[hook]}`, { chain }),
        mend: mendOf(obstacle, hook, shortNodeId),
      };
    }),
  );
}

function rangeFaults({ range, rangeWaits }: WantedNetwork, { used }: ObservedNetwork): Fault[] {
  if (!used) return [];
  const about = { part: 'used', severity: 'warning' } as const;
  const faults = overlapsOf(range, used).map((network): Fault => {
    const params = { range: rangeText(range), network: rangeText(network), owner: network.owner };
    const words = { sentence: say('network.range-overlap', params), mend: say('network.mend.range') };
    return { ...about, kind: 'range-overlap', subject: network.owner, ...words };
  });
  if (rangeWaits) {
    const sentence = say('network.range-waits', { range: rangeText(range), wanted: rangeText(rangeWaits) });
    faults.push({ ...about, kind: 'range-waits', subject: '', sentence, mend: say('network.mend.range-waits') });
  }
  // One word per owner: routes and addresses of one interface are one matter.
  return [...new Map(faults.map((fault) => [`${fault.kind} ${fault.subject}`, fault])).values()];
}

function resolverFaults({ resolvFile }: WantedNetwork, { resolvers }: ObservedNetwork): Fault[] {
  if (!resolvers || resolvers.length > 0) return [];
  const sentence = say('network.no-resolvers', { file: resolvFile });
  const mend = say('network.mend.resolvers');
  return [{ kind: 'no-resolvers', part: 'resolvers', subject: '', severity: 'warning', sentence, mend }];
}
