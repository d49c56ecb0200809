/**
 * A lab: hosts on a network of their own inside this machine, for real processes. Nothing of the machine's own network is
 * touched, and nothing is left when the test process ends, even by kill -9 (see lab-world.ts).
 */
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unmet } from '../requirements.ts';
import { LabHost } from './lab-host.ts';
import { LabNetwork, type LabSpeed } from './lab-network.ts';
import { startWorld } from './lab-world.ts';

export interface LabOptions {
  hosts: readonly string[];
  /** How many networks there are, with a router between them; all hosts begin in the first. Default 1. */
  networks?: number;
  /** The first two numbers of every address. Default `10.77`: `10.77.<network>.<host + 10>`. */
  prefix?: string;
}

export interface Lab extends AsyncDisposable {
  readonly directory: string;
  readonly hosts: readonly LabHost[];
  /** Throws when there is none of this name. */
  host(name: string): LabHost;
  /** Swallows everything between `host` and the others (all of them when none is named), both ways. */
  cut(host: LabHost, ...others: LabHost[]): Promise<void>;
  /** The opposite of the same `cut`; without a host, of all. */
  heal(host?: LabHost, ...others: LabHost[]): Promise<void>;
  /** Undefined: as fast as the machine again. Throws, saying what is missing, when the kernel cannot. */
  slow(host: LabHost, speed: LabSpeed | undefined): Promise<void>;
  /** Another address, in the same network or another; processes run on and are told nothing. */
  move(host: LabHost, to: { address?: string; network?: number }): Promise<void>;
  /** What every process has said, for a failing test. */
  report(): string;
}

const needed = ['unshare', 'nsenter', 'ip', 'nft', 'tc', 'busybox'];
const directoryPrefix = 'zhiyun-lab-';

/** Why this machine cannot hold a lab; undefined when it can. */
export function labMissing(): string | undefined {
  return unmet({ rootFor: 'network namespaces', programs: needed });
}

export async function createLab({ hosts: names, networks = 1, prefix = '10.77' }: LabOptions): Promise<Lab> {
  const missing = labMissing();
  if (missing) throw new Error(`No lab on this machine: ${missing}`);
  await sweepDeadLabs();
  const directory = await mkdtemp(join(tmpdir(), `${directoryPrefix}${process.pid}-`));
  // Databases and guests give up root and must still reach their files.
  await chmod(directory, 0o711);
  const world = await startWorld(directory);
  const network = new LabNetwork(world.pid, prefix);
  const hosts: LabHost[] = [];
  const networkOf = new Map<LabHost, number>();
  const end = async () => {
    await Promise.all(hosts.map((host) => host[Symbol.asyncDispose]()));
    await world[Symbol.asyncDispose]();
  };
  try {
    for (let number = 0; number < networks; number++) await network.addBridge(number);
    for (const [index, name] of names.entries()) {
      const host = await LabHost.start(world.pid, name, index + 1, directory);
      hosts.push(host);
      await network.plug(host, 0);
      networkOf.set(host, 0);
    }
    await network.loadRules();
  } catch (error) {
    await end();
    throw error;
  }
  const othersThan = (host: LabHost, named: readonly LabHost[]) =>
    named.length > 0 ? named : hosts.filter((other) => other !== host);

  return {
    directory,
    hosts,
    host(name) {
      const found = hosts.find((host) => host.name === name);
      if (!found) throw new Error(`The lab has no host "${name}"`);
      return found;
    },
    cut: (host, ...others) => network.cut(host, othersThan(host, others), true),
    heal: (host, ...others) => (host ? network.cut(host, othersThan(host, others), false) : network.healAll()),
    slow: (host, speed) => network.setSpeed(host, speed),
    async move(host, to) {
      const number = to.network ?? networkOf.get(host) ?? 0;
      await network.move(host, to.address ?? network.addressOf(host, number), number);
      networkOf.set(host, number);
    },
    report: () => hosts.map((host) => host.report()).join(''),
    [Symbol.asyncDispose]: end,
  };
}

/** Directories of labs whose own cleaning up was killed too. */
async function sweepDeadLabs(): Promise<void> {
  for (const entry of await readdir(tmpdir())) {
    const pid = entry.startsWith(directoryPrefix) && entry.slice(directoryPrefix.length).split('-')[0];
    if (!pid) continue;
    const alive = await readFile(`/proc/${pid}/stat`).catch(() => undefined);
    if (!alive) await rm(join(tmpdir(), entry), { recursive: true, force: true });
  }
}
