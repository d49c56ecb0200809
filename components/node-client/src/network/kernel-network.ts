/**
 * The guest network in the kernel: per instance a routed tap with a /30 of its own, no bridge; one nftables table and one
 * dnsmasq per node. Tap, rules and reservation are independent of each other, so they are made and removed side by side.
 */
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import type { NodeId } from '@zhiyun/contracts';
import { type Clock, type Logger, PlatformError } from '@zhiyun/kernel';
import type { FileOwner } from '../disk/instance-disks.ts';
import { createDhcpServer, type DhcpServer, hostHasResolvers } from './dhcp-server.ts';
import type { GuestNetwork } from './guest-network.ts';
import { enableForwarding, openTunToAll, requireNetAdmin } from './privileges.ts';
import { renderAdd, renderDeleteTable, renderRemove, renderTable } from './render-nft.ts';
import { type RunCommand, runCommand } from './run-command.ts';
import { type GuestLink, linkPrefixLength, shortNodeId, slotOfAddress, slotOfTap } from './slots.ts';

const interfaces = '/sys/class/net';

export interface KernelNetworkOptions {
  nodeId: NodeId;
  directory: string;
  /** Who may open the taps. */
  owner: FileOwner;
  /** Default: from this process. */
  run?: RunCommand;
  clock: Clock;
  log: Logger;
}

export function createKernelNetwork({
  nodeId,
  directory,
  owner,
  run = runCommand,
  clock,
  log,
}: KernelNetworkOptions): GuestNetwork {
  const shortId = shortNodeId(nodeId);
  let dhcp: DhcpServer | undefined;

  function startedDhcp(): DhcpServer {
    if (!dhcp) throw new PlatformError('unavailable', 'The guest network has not been opened yet.');
    return dhcp;
  }

  async function clearStrayTaps(wanted: ReadonlySet<string>): Promise<string[]> {
    const stray: string[] = [];
    for (const tap of await readdir(interfaces)) {
      if (slotOfTap(shortId, tap) === undefined || wanted.has(tap)) continue;
      // A carrier means that somebody holds the tap open.
      if (readNumber(`${interfaces}/${tap}/carrier`) === 1) stray.push(tap);
      else await deleteTap(run, tap);
    }
    return stray;
  }

  function makeTaps(links: readonly GuestLink[]): Promise<string> {
    return run('ip', ['-batch', '-'], links.map((link) => tapCommands(link, owner)).join(''));
  }

  const network: GuestNetwork = {
    shortNodeId: shortId,

    async open(links) {
      await requireNetAdmin();
      await openTunToAll(log);
      await enableForwarding(log);
      const dns = await hostHasResolvers();
      await mkdir(directory, { recursive: true, mode: 0o755 });
      await dhcp?.close(true);
      dhcp = createDhcpServer({ directory, shortNodeId: shortId, dns, clock, log });
      await run('nft', ['-f', '-'], renderTable(shortId, { dns, links }));
      const strayTaps = await clearStrayTaps(new Set(links.map(({ tap }) => tap)));
      await makeTaps(links);
      await dhcp.start(links);
      return { strayTaps };
    },

    async slotsInUse() {
      // The kernel's own table of IPv4 addresses and routes: whoever made them, and without starting a process.
      const routes = await readFile('/proc/net/fib_trie', 'utf8');
      const addresses = routes.matchAll(/\|-- (\S+)/g).map(([, address]) => slotOfAddress(address ?? ''));
      return new Set(addresses.filter((slot) => slot !== undefined));
    },

    async setUp(link) {
      const results = await Promise.allSettled([
        makeTaps([link]),
        run('nft', ['-f', '-'], renderAdd(shortId, link)),
        startedDhcp().reserve(link),
      ]);
      const failure = results.find((result) => result.status === 'rejected');
      if (!failure) return;
      await network
        .tearDown(link)
        .catch((error: unknown) =>
          log.error({ error, tap: link.tap }, 'A half-made guest network could not be removed'),
        );
      throw failure.reason;
    },

    async tearDown(link) {
      const results = await Promise.allSettled([
        deleteTap(run, link.tap),
        run('nft', ['-f', '-'], renderRemove(shortId, link)),
        startedDhcp().release(link),
      ]);
      const failure = results.find((result) => result.status === 'rejected');
      if (failure) throw failure.reason;
    },

    isUp: ({ tap }) => existsSync(`${interfaces}/${tap}`),

    counters({ tap }) {
      // What the node sends into the tap is what the guest receives.
      const receivedBytes = readNumber(`${interfaces}/${tap}/statistics/tx_bytes`);
      const transmittedBytes = readNumber(`${interfaces}/${tap}/statistics/rx_bytes`);
      return receivedBytes === undefined || transmittedBytes === undefined
        ? undefined
        : { receivedBytes, transmittedBytes };
    },

    async close(keep) {
      if (!dhcp) return; // Never opened: nothing of it is ours to end.
      await dhcp.close(keep);
      if (keep) return;
      // Of instances that are off: made anew when the network is opened.
      await clearStrayTaps(new Set());
      await run('nft', ['-f', '-'], renderDeleteTable(shortId));
    },
  };
  return network;
}

/** Lines for `ip -batch`. Whatever is there already is left as it is: a tap in use must not be touched. */
function tapCommands({ tap, gateway }: GuestLink, owner: FileOwner): string {
  const create = existsSync(`${interfaces}/${tap}`)
    ? ''
    : `tuntap add dev ${tap} mode tap user ${owner.uid}\nlink set dev ${tap} addrgenmode none\n`;
  return `${create}address replace ${gateway}/${linkPrefixLength} dev ${tap}\nlink set dev ${tap} up\n`;
}

async function deleteTap(run: RunCommand, tap: string): Promise<void> {
  if (!existsSync(`${interfaces}/${tap}`)) return;
  await run('ip', ['link', 'delete', 'dev', tap]);
}

function readNumber(file: string): number | undefined {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return undefined; // The interface is gone, or down.
  }
}
