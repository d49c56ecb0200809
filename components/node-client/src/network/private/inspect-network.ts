/**
 * Read-only comparison of a home's guest network, desired against observed, from outside the agent (which need not
 * run).
 */
import { join } from 'node:path';
import { nodePaths } from '../../paths.ts';
import { findProcesses } from '../../process/find-processes.ts';
import { runCommand } from '../run-command.ts';
import { parseReservation, readReservations } from './dhcp-reservations.ts';
import { hostsArgumentOf, portProblem } from './dhcp-server.ts';
import { hasDockerChain } from './docker-accept.ts';
import { readState } from './kept-state.ts';
import { resolvFile } from './machine-networks.ts';
import { diffNetwork, type Fault } from './network-diff.ts';
import type { ObservedNetwork, WantedNetwork } from './network-state.ts';
import {
  localAddressesOf,
  observeForeignRules,
  observeForwarding,
  observeRules,
  observeSurroundings,
  observeTaps,
  observeUnplugged,
  obstaclesIn,
  readFibTrie,
} from './observe-network.ts';
import { isHeld } from './port-holder.ts';
import { guestLink } from './slots.ts';

export interface NetworkInspection {
  /** Null: there is no guest network here now; what is said is what one would meet. */
  guests: number | null;
  faults: Fault[];
}

export async function inspectGuestNetwork(home: string): Promise<NetworkInspection> {
  const directory = nodePaths(home).network;
  const state = await readState(directory);
  const shortNodeId = state?.shortNodeId ?? '';
  const foreign = await observeForeignRules(runCommand, shortNodeId);
  const obstacles = obstaclesIn(foreign, shortNodeId);
  const surroundings = await observeSurroundings(runCommand, { resolvFile: state?.resolvFile ?? resolvFile });
  if (!state) {
    const range = { base: '0.0.0.0', prefixLength: 32 };
    const wanted = { shortNodeId, range, rangeWaits: null, links: [], tableForm: null, directory, resolvFile };
    const { resolvers } = surroundings;
    // Docker's is seen to by the node when it starts.
    const forward = hasDockerChain(foreign.chains)
      ? obstacles.forward.filter(({ tool }) => tool !== 'iptables')
      : obstacles.forward;
    return { guests: null, faults: diffNetwork(wanted, { obstacles: { ...obstacles, forward }, resolvers }) };
  }
  // What is written down for DHCP says which guests there are.
  const hosts = join(directory, 'dhcp-hosts');
  const links = [...(await readReservations(hosts))].flatMap(([slot, text]) => {
    const macAddress = parseReservation(text);
    return macAddress === undefined ? [] : [guestLink(state, Number(slot), macAddress)];
  });
  const wanted: WantedNetwork = { ...state, links, directory };
  const taps = observeTaps(links);
  const runs = findProcesses((argv) => argv.includes(hostsArgumentOf(directory))).length > 0;
  const observed: ObservedNetwork = {
    ...(await observeRules(runCommand, shortNodeId)),
    taps,
    unplugged: observeUnplugged(taps),
    localAddresses: localAddressesOf(await readFibTrie()),
    forwards: await observeForwarding(),
    dhcp: { runs, problem: runs || !isHeld('udp', 67) ? undefined : portProblem() },
    obstacles,
    ...surroundings,
  };
  return { guests: links.length, faults: diffNetwork(wanted, observed) };
}
