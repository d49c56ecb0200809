/** The parts of the guest network: how each is looked at, and how each is restored. */
import { existsSync } from 'node:fs';
import type { Clock, Logger } from '@zhiyun/kernel';
import type { FileOwner } from '../../volume/instance-disks.ts';
import { enableForwarding } from '../privileges.ts';
import type { RunCommand } from '../run-command.ts';
import type { DhcpServer } from './dhcp-server.ts';
import { hasDockerChain, missingAccepts } from './docker-accept.ts';
import { keepState } from './kept-state.ts';
import type { Repair } from './network-diff.ts';
import type { Look } from './network-keeper.ts';
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
  readTable,
} from './observe-network.ts';
import { renderTable } from './render-nft.ts';
import type { GuestLink } from './slots.ts';
import type { TableGuard } from './table-guard.ts';
import { makeTaps } from './taps.ts';

const guardTriesMs = 20;
const guardTries = 50;

export interface NetworkPartsOptions {
  wanted: { -readonly [Key in keyof Omit<WantedNetwork, 'links'>]: WantedNetwork[Key] } & {
    refused: readonly string[];
  };
  links: ReadonlyMap<string, GuestLink>;
  owner: FileOwner;
  dhcp: DhcpServer;
  guard: TableGuard;
  run: RunCommand;
  clock: Clock;
  log: Logger;
}

export interface NetworkParts {
  observe: (look: Look) => Promise<ObservedNetwork>;
  repairs: Record<Repair, () => Promise<void>>;
  /** Starts the guard unless it is there. Without it guests are protected as long as their rules are. */
  holdGuard(): Promise<void>;
}

export function createNetworkParts(options: NetworkPartsOptions): NetworkParts {
  const { wanted, links, owner, dhcp, guard, run, clock, log } = options;
  const { shortNodeId: shortId, directory } = wanted;
  let dhcpProblem: unknown;
  let dark: ReadonlySet<string> = new Set();
  let darkBefore: ReadonlySet<string> = new Set();

  const observers: Record<Look, () => Promise<ObservedNetwork>> = {
    async quick() {
      const taps = observeTaps([...links.values()]);
      const [fibTrie, forwards, runs] = await Promise.all([readFibTrie(), observeForwarding(), dhcp.runs()]);
      const localAddresses = localAddressesOf(fibTrie);
      return { taps, localAddresses, unplugged: dark, forwards, dhcp: { runs, problem: dhcpProblem } };
    },
    rules: () => observeRules(run, shortId),
    async firewalls() {
      let foreign = await observeForeignRules(run, shortId);
      const accepts = hasDockerChain(foreign.chains) ? missingAccepts(shortId, foreign.rules) : '';
      if (accepts) {
        await run('nft', ['-f', '-'], accepts);
        log.info({ chain: 'DOCKER-USER' }, 'Packets of guests are accepted in Docker’s firewall');
        foreign = await observeForeignRules(run, shortId);
      }
      return { obstacles: obstaclesIn(foreign, shortId) };
    },
    async rest() {
      const reservations = await dhcp.reservations();
      const nowDark = observeUnplugged(observeTaps([...links.values()]));
      // A machine that is just starting has not plugged in yet.
      dark = nowDark.size === 0 ? nowDark : nowDark.intersection(darkBefore);
      darkBefore = nowDark;
      return { reservations, ...(await observeSurroundings(run, wanted)) };
    },
  };

  const repairs: Record<Repair, () => Promise<void>> = {
    async rules() {
      await run('nft', ['-f', '-'], renderTable(shortId, { links: [...links.values()], refused: wanted.refused }));
      // As nft says it, not as we wrote it.
      const { form } = await readTable(run, shortId);
      if (form === wanted.tableForm) return;
      wanted.tableForm = form;
      const { shortNodeId, range, rangeWaits, resolvFile } = wanted;
      await keepState(directory, { shortNodeId, range, rangeWaits, tableForm: form, resolvFile });
    },
    taps: () => makeTaps(run, [...links.values()], owner),
    forwarding: () => enableForwarding(log),
    async reservations() {
      // One that watches a directory that is gone sees nothing in another of its name.
      const isGone = !existsSync(dhcp.hostsDirectory);
      if (isGone) await dhcp.end();
      await dhcp.reserveAll([...links.values()]);
      if (isGone) await repairs.dhcp();
    },
    async dhcp() {
      try {
        await dhcp.launch();
        dhcpProblem = undefined;
      } catch (error) {
        dhcpProblem = error;
        throw error;
      }
    },
    async guard() {
      await guard.start();
      for (let tries = 0; tries < guardTries; tries++) {
        if ((await observeRules(run, shortId)).hasGuard) return;
        await clock.sleep(guardTriesMs);
      }
      throw new Error('The guard table does not appear');
    },
  };

  return {
    observe: (look) => observers[look](),
    repairs,
    async holdGuard() {
      if (guard.isHeld && (await observeRules(run, shortId)).hasGuard) return;
      await repairs
        .guard()
        .catch((error: unknown) => log.error({ error }, 'Guests cannot be guarded without their rules'));
    },
  };
}
