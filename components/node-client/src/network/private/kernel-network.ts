/**
 * The guest network in the kernel: per instance a routed tap with its own /30, no bridge; one nftables table and one
 * dnsmasq per node. Tap, rules and reservation are independent, so they are made in parallel. `network-keeper.ts`
 * reconciles all of it.
 */
import { chmod, mkdir, readdir, rm } from 'node:fs/promises';
import { type NodeId, say } from '@zhiyun/contracts';
import { type Clock, type Logger, PlatformError } from '@zhiyun/kernel';
import { directStarter, type ProcessStarter } from '../../process/process-starter.ts';
import type { FileOwner } from '../../volume/instance-disks.ts';
import { enableForwarding, openTunToAll, requireNetAdmin } from '../privileges.ts';
import { commandRunner } from '../run-command.ts';
import { createDhcpServer } from './dhcp-server.ts';
import { removeAccepts } from './docker-accept.ts';
import type { GuestNetwork } from './guest-network.ts';
import type { GuestRange } from './guest-range.ts';
import { resolvFile as systemResolvFile } from './machine-networks.ts';
import { NetworkKeeper } from './network-keeper.ts';
import { createNetworkParts } from './network-parts.ts';
import type { WantedNetwork } from './network-state.ts';
import { interfaces, readFibTrie, readNumber } from './observe-network.ts';
import { renderAdd, renderDeleteTable, renderRemove } from './render-nft.ts';
import { type GuestLink, shortNodeId, slotOfAddress, slotOfTap } from './slots.ts';
import { createTableGuard } from './table-guard.ts';
import { deleteTap, makeTaps, ownerOfTap } from './taps.ts';
import { TouchedLinks } from './touched-links.ts';

export interface KernelNetworkOptions {
  nodeId: NodeId;
  directory: string;
  range: GuestRange;
  /** Configured, but guests run in the other one. */
  rangeWaits?: GuestRange | undefined;
  /** Who may open the taps. */
  owner: FileOwner;
  /** Default: from this process. */
  starter?: ProcessStarter;
  /** Default: the machine's. */
  resolvFile?: string;
  clock: Clock;
  log: Logger;
}

export function createKernelNetwork(options: KernelNetworkOptions): GuestNetwork {
  const { nodeId, directory, range, owner, starter = directStarter, clock, log } = options;
  const { resolvFile = systemResolvFile, rangeWaits = null } = options;
  const shortId = shortNodeId(nodeId);
  const run = commandRunner(starter);
  const links = new Map<string, GuestLink>();
  const touched = new TouchedLinks();
  const dhcp = createDhcpServer({ directory, shortNodeId: shortId, range, resolvFile, run, clock, log });
  const guard = createTableGuard({ directory, shortId, starter, clock });
  const present: Omit<WantedNetwork, 'links'> = {
    shortNodeId: shortId,
    range,
    rangeWaits,
    tableForm: null,
    directory,
    resolvFile,
  };
  const wanted = { ...present, refused: [] as readonly string[] };
  const parts = createNetworkParts({ wanted, links, owner, dhcp, guard, run, clock, log });
  const keeper = new NetworkKeeper({
    shortId,
    wanted: () => ({ ...wanted, links: [...links.values()] }),
    ...parts,
    touched,
    clock,
    log,
  });
  let isOpen = false;

  /** If the table was removed meanwhile, it is loaded anew in its desired form, which includes the change. */
  async function changeRules(text: string): Promise<void> {
    await run('nft', ['-f', '-'], text).catch(() => keeper.alone(parts.repairs.rules));
  }

  async function clearStrayTaps(): Promise<string[]> {
    const stray: string[] = [];
    for (const tap of await readdir(interfaces)) {
      if (slotOfTap(shortId, tap) === undefined || links.has(tap)) continue;
      // A carrier means that somebody holds the tap open.
      if (readNumber(`${interfaces}/${tap}/carrier`) === 1) stray.push(tap);
      else await deleteTap(run, tap);
    }
    return stray;
  }

  async function allDone(tasks: readonly Promise<unknown>[]): Promise<void> {
    const failure = (await Promise.allSettled(tasks)).find((result) => result.status === 'rejected');
    if (failure) throw failure.reason;
  }

  const network: GuestNetwork = {
    shortNodeId: shortId,
    range,
    changed: keeper.changed,
    get report() {
      return keeper.report;
    },

    async open(wantedLinks) {
      await requireNetAdmin();
      await openTunToAll(log);
      await enableForwarding(log);
      // Whatever the umask is: dnsmasq, which has given up root, reads there.
      await mkdir(directory, { recursive: true });
      await chmod(directory, 0o755);
      links.clear();
      for (const link of wantedLinks) links.set(link.tap, link);
      await parts.repairs.rules();
      const strayTaps = await clearStrayTaps();
      await makeTaps(run, wantedLinks, owner);
      await dhcp.reserveAll(wantedLinks);
      // The network waits for what stands in its way; the node and its other work do not.
      await parts.repairs
        .dhcp()
        .catch((error: unknown) => log.error({ error }, 'The DHCP server could not be started'));
      await parts.holdGuard();
      isOpen = true;
      await keeper.start();
      return { strayTaps };
    },

    async slotsInUse() {
      const addresses = (await readFibTrie())
        .matchAll(/\|-- (\S+)/g)
        .map(([, address]) => slotOfAddress(range, address ?? ''));
      return new Set(addresses.filter((slot) => slot !== undefined));
    },

    async setUp(link) {
      if (!isOpen) throw new PlatformError('unavailable', say('network.not-open'));
      using _touched = touched.touch(link.tap);
      links.set(link.tap, link);
      try {
        await allDone([makeTaps(run, [link], owner), changeRules(renderAdd(shortId, link)), dhcp.reserve(link)]);
      } catch (error) {
        await network
          .tearDown(link)
          .catch((undoError: unknown) =>
            log.error({ error: undoError, tap: link.tap }, 'A half-made guest network could not be removed'),
          );
        throw error;
      }
    },

    async tearDown(link) {
      if (!isOpen) throw new PlatformError('unavailable', say('network.not-open'));
      using _touched = touched.touch(link.tap);
      links.delete(link.tap);
      await allDone([deleteTap(run, link.tap), changeRules(renderRemove(shortId, link)), dhcp.release(link)]);
    },

    isUp: ({ tap, ownerUid }) => ownerOfTap(tap) === (ownerUid ?? owner.uid),

    counters({ tap }) {
      // What the node sends into the tap is what the guest receives.
      const receivedBytes = readNumber(`${interfaces}/${tap}/statistics/tx_bytes`);
      const transmittedBytes = readNumber(`${interfaces}/${tap}/statistics/rx_bytes`);
      return receivedBytes === undefined || transmittedBytes === undefined
        ? undefined
        : { receivedBytes, transmittedBytes };
    },

    async refuse(networks) {
      const next = [...new Set(networks)].sort();
      if (next.join() === wanted.refused.join()) return;
      wanted.refused = next;
      if (isOpen) await keeper.alone(parts.repairs.rules);
    },

    async close(keep) {
      if (!isOpen) return; // Nothing of it is ours to end.
      isOpen = false;
      await keeper[Symbol.asyncDispose]();
      if (keep) return;
      links.clear();
      await dhcp.end();
      // Of instances that are off: made anew when the network is opened.
      await clearStrayTaps();
      await run('nft', ['-f', '-'], renderDeleteTable(shortId));
      await guard.end();
      await removeAccepts(run, shortId);
      await rm(directory, { recursive: true, force: true });
    },
  };
  return network;
}
