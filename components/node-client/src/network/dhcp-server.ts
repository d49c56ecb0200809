/**
 * DHCP (and, where the host has resolvers, DNS) for all guests of a node: one dnsmasq that answers on every tap of ours,
 * also on those that come later. It knows each guest by its MAC from a file of its own in a directory it watches. It outlives
 * the agent, is found again by its command line, and is started anew when it dies.
 */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock, Logger } from '@zhiyun/kernel';
import type { MachineHandle } from '../hypervisor/hypervisor.ts';
import { findProcesses, identify } from '../process/find-processes.ts';
import { isAlive } from '../process/process-identity.ts';
import { runCommand } from './run-command.ts';
import { type GuestLink, guestNetwork, linkNetmask, tapPrefix } from './slots.ts';

const checkEveryMs = 5_000;
const leaseTime = '12h';

export interface DhcpServer {
  /** Serves exactly these. */
  start(links: readonly GuestLink[]): Promise<void>;
  reserve(link: GuestLink): Promise<void>;
  release(link: GuestLink): Promise<void>;
  /** `keep`: only stops watching over it. */
  close(keep: boolean): Promise<void>;
}

interface DhcpOptions {
  /** `<hosts>/<slot>` is one guest; must be readable for everybody. */
  directory: string;
  shortNodeId: string;
  dns: boolean;
  clock: Clock;
  log: Logger;
}

export function createDhcpServer({ directory, shortNodeId, dns, clock, log }: DhcpOptions): DhcpServer {
  const hosts = join(directory, 'dhcp-hosts');
  const pidFile = join(directory, 'dnsmasq.pid');
  const hostsArgument = `--dhcp-hostsdir=${hosts}`;
  let server: MachineHandle | undefined;
  let watch: Disposable | undefined;

  async function launch(): Promise<void> {
    const args = dnsmasqArguments({ hostsArgument, pidFile, shortNodeId, dns, user: await serverUser() });
    for (const { pid, argv } of findProcesses((argv) => argv.includes(hostsArgument))) {
      const same = argv.slice(1).join('\n') === args.join('\n');
      if (same && !server) server = await identify(pid);
      else process.kill(pid, 'SIGTERM');
    }
    if (server) return;
    // It goes to the background by itself, and only once it really serves.
    await runCommand('dnsmasq', args);
    server = await identify(Number(await readFile(pidFile, 'utf8')));
    log.info({ pid: server?.pid, dns }, 'The DHCP server of the guests has been started');
  }

  async function signal(name: 'SIGHUP' | 'SIGTERM'): Promise<void> {
    if (server && (await isAlive(server))) process.kill(server.pid, name);
  }

  let checking = false;
  async function check(): Promise<void> {
    if (checking || (server && (await isAlive(server)))) return;
    checking = true;
    try {
      log.warn({}, 'The DHCP server of the guests has ended; it is started anew');
      server = undefined;
      await launch();
    } catch (error) {
      log.error({ error }, 'The DHCP server of the guests could not be started');
    } finally {
      checking = false;
    }
  }

  return {
    async start(links) {
      await mkdir(hosts, { recursive: true, mode: 0o755 });
      const wanted = new Set(links.map(({ slot }) => String(slot)));
      for (const name of await readdir(hosts)) if (!wanted.has(name)) await rm(join(hosts, name));
      for (const link of links) await this.reserve(link);
      await launch();
      await signal('SIGHUP');
      watch = clock.every(checkEveryMs, () => void check());
    },
    reserve: ({ slot, macAddress, address }) =>
      writeFile(join(hosts, String(slot)), `${macAddress},${address}\n`, { mode: 0o644 }),
    async release({ slot }) {
      await rm(join(hosts, String(slot)), { force: true });
      // Only this makes dnsmasq forget a guest whose file is gone.
      await signal('SIGHUP');
    },
    async close(keep) {
      watch?.[Symbol.dispose]();
      if (keep) return;
      await signal('SIGTERM');
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Pure, for its golden file. */
export function dnsmasqArguments(options: {
  hostsArgument: string;
  pidFile: string;
  shortNodeId: string;
  dns: boolean;
  user: string;
}): string[] {
  return [
    '--conf-file=/dev/null',
    `--user=${options.user}`,
    `--pid-file=${options.pidFile}`,
    '--bind-dynamic',
    `--interface=${tapPrefix(options.shortNodeId)}*`,
    '--except-interface=lo',
    ...(options.dns ? ['--resolv-file=/etc/resolv.conf', '--no-hosts'] : ['--port=0']),
    `--dhcp-range=${guestNetwork.base},static,${guestNetwork.netmask},${leaseTime}`,
    // One range for all; each guest still sees only its own /30, without the range's broadcast address.
    `--dhcp-option=option:netmask,${linkNetmask}`,
    '--dhcp-option=28',
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

export async function hostHasResolvers(file = '/etc/resolv.conf'): Promise<boolean> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return /^\s*nameserver\s+\S/m.test(text);
}
