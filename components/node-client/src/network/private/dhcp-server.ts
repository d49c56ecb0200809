/**
 * DHCP and DNS for all guests of a node: one dnsmasq that serves present and future taps of ours and nothing else. It
 * reads a file per guest from a watched directory and follows the machine's name servers. It outlives the agent and is
 * adopted by its command line; `network-keeper.ts` supervises it.
 */
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { guestInterfacePrefix, say } from '@zhiyun/contracts';
import { type Clock, type Logger, PlatformError } from '@zhiyun/kernel';
import type { MachineHandle } from '../../hypervisor/hypervisor.ts';
import { type FoundProcess, findProcesses, identify } from '../../process/find-processes.ts';
import { isAlive } from '../../process/process-identity.ts';
import type { RunCommand } from '../run-command.ts';
import { readReservations, reservationOf } from './dhcp-reservations.ts';
import { type GuestRange, netmaskOf } from './guest-range.ts';
import { holderOf } from './port-holder.ts';
import { guestDnsPort } from './render-nft.ts';
import { type GuestLink, linkNetmask } from './slots.ts';

const leaseTime = '12h';
const dhcpPort = 67;

export interface DhcpServer {
  readonly hostsDirectory: string;
  /** Writes exactly these reservations. */
  reserveAll(links: readonly GuestLink[]): Promise<void>;
  /** Starts it, unless it runs. Throws why it cannot: `in-use` names the holder of its port. */
  launch(): Promise<void>;
  runs(): Promise<boolean>;
  reserve(link: GuestLink): Promise<void>;
  release(link: GuestLink): Promise<void>;
  /** What is written down, by slot. */
  reservations(): Promise<ReadonlyMap<string, string>>;
  end(): Promise<void>;
}

interface DhcpOptions {
  /** `<hosts>/<slot>` is one guest; must be readable for everybody. */
  directory: string;
  shortNodeId: string;
  range: GuestRange;
  resolvFile: string;
  run: RunCommand;
  clock: Clock;
  log: Logger;
}

export function createDhcpServer({
  directory,
  shortNodeId,
  range,
  resolvFile,
  run,
  clock,
  log,
}: DhcpOptions): DhcpServer {
  const hosts = hostsDirectoryOf(directory);
  const pidFile = join(directory, 'dnsmasq.pid');
  const hostsArgument = hostsArgumentOf(directory);
  let server: MachineHandle | undefined;

  const ownProcesses = () => findProcesses((argv) => argv.includes(hostsArgument));

  /** Ends the processes and waits, because they hold the port. */
  async function endAll(processes: readonly FoundProcess[]): Promise<void> {
    const handles = await Promise.all(processes.map(({ pid }) => identify(pid)));
    for (const { pid } of processes) process.kill(pid, 'SIGTERM');
    for (const handle of handles)
      for (let tries = 0; handle && tries < 50 && (await isAlive(handle)); tries++) await clock.sleep(20);
  }

  async function launch(): Promise<void> {
    const args = dnsmasqArguments({ hostsArgument, pidFile, shortNodeId, range, resolvFile, user: await serverUser() });
    const present = ownProcesses();
    const same = present.find(({ argv }) => argv.slice(1).join('\n') === args.join('\n'));
    await endAll(present.filter((each) => each !== same));
    server = same && (await identify(same.pid));
    if (server) return;
    // It goes to the background by itself, and only once it really serves.
    await run('dnsmasq', args).catch((error: unknown) => {
      throw isPortTaken(error) ? portProblem(error) : error;
    });
    server = await identify(Number(await readFile(pidFile, 'utf8')));
    log.info({ pid: server?.pid }, 'The DHCP server of the guests has been started');
  }

  async function signal(name: 'SIGHUP' | 'SIGTERM'): Promise<void> {
    if (server && (await isAlive(server))) process.kill(server.pid, name);
  }

  async function reserve(link: GuestLink): Promise<void> {
    const file = join(hosts, String(link.slot));
    await writeFile(file, reservationOf(link));
    // Whatever the umask is: dnsmasq has given up root.
    await chmod(file, 0o644);
  }

  return {
    hostsDirectory: hosts,
    async reserveAll(links) {
      await mkdir(hosts, { recursive: true });
      await chmod(hosts, 0o755);
      const wanted = new Set(links.map(({ slot }) => String(slot)));
      for (const name of await readdir(hosts)) if (!wanted.has(name)) await rm(join(hosts, name));
      for (const link of links) await reserve(link);
      // Only this makes dnsmasq forget a guest whose file is gone.
      await signal('SIGHUP');
    },
    launch,
    runs: async () => server !== undefined && (await isAlive(server)),
    reserve,
    async release({ slot }) {
      await rm(join(hosts, String(slot)), { force: true });
      await signal('SIGHUP');
    },
    reservations: () => readReservations(hosts),
    async end() {
      await endAll(ownProcesses());
      server = undefined;
    },
  };
}

function hostsDirectoryOf(directory: string): string {
  return join(directory, 'dhcp-hosts');
}

/** Identifies the server's process. */
export function hostsArgumentOf(directory: string): string {
  return `--dhcp-hostsdir=${hostsDirectoryOf(directory)}`;
}

/** Another DHCP server listens on all interfaces of this machine. */
export function portProblem(cause?: unknown): PlatformError {
  const holder = holderOf('udp', dhcpPort);
  return new PlatformError('in-use', say('network.port-taken', { protocol: 'UDP', port: dhcpPort, holder }), { cause });
}

function isPortTaken(error: unknown): boolean {
  return error instanceof Error && /address already in use/i.test(error.message);
}

/** Pure, for its golden file. */
export function dnsmasqArguments(options: {
  hostsArgument: string;
  pidFile: string;
  shortNodeId: string;
  range: GuestRange;
  resolvFile: string;
  user: string;
}): string[] {
  const { base, prefixLength } = options.range;
  return [
    '--conf-file=/dev/null',
    `--user=${options.user}`,
    `--pid-file=${options.pidFile}`,
    '--bind-dynamic',
    `--interface=${guestInterfacePrefix(options.shortNodeId)}*`,
    '--except-interface=lo',
    // It looks by itself whether this has changed.
    `--resolv-file=${options.resolvFile}`,
    '--no-hosts',
    `--port=${guestDnsPort}`,
    `--dhcp-range=${base},static,${netmaskOf(prefixLength)},${leaseTime}`,
    // One range for all; each guest still sees only its own /30, without the range's broadcast address.
    `--dhcp-option=option:netmask,${linkNetmask}`,
    '--dhcp-option=28',
    // This very machine, as the guest reaches it.
    '--dhcp-option=option:dns-server,0.0.0.0',
    options.hostsArgument,
    '--dhcp-lease-max=1048576',
    // Every lease is a reservation: nothing to remember, nobody to ask.
    '--leasefile-ro',
    '--dhcp-authoritative',
    '--no-ping',
    '--quiet-dhcp',
  ];
}

/** dnsmasq gives up root for this user. Debian's package makes `dnsmasq`; `nobody` is everywhere. */
async function serverUser(): Promise<string> {
  const users = await readFile('/etc/passwd', 'utf8');
  return /^dnsmasq:/m.test(users) ? 'dnsmasq' : 'nobody';
}
