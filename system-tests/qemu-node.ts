/** For tests of real machines: this machine as a node, with instances in a directory of the test's own. */
import { chmod, chown, lstat, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { instanceIdSchema } from '@zhiyun/contracts';
import { type Logger, newId, silentLogger } from '@zhiyun/kernel';
import {
  createQemuHypervisor,
  type Hypervisor,
  type MachineSpec,
  type QemuHypervisorOptions,
} from '@zhiyun/node-client/hypervisor';
import {
  Cgroups,
  type ContractNode,
  connectUnix,
  findHypervisorUser,
  machineFiles,
  QmpMonitor,
  readHierarchies,
} from '@zhiyun/node-client/hypervisor/testing';
import { waitFor } from '@zhiyun/testkit';
import { echoDisk, typed } from './hypervisor-guests.ts';

export const loggedWarnings: string[] = [];
const log: Logger = { ...silentLogger, warn: (_facts, message) => void loggedWarnings.push(message), child: () => log };
export class QemuNode implements ContractNode {
  readonly directory: string;
  /** Of its control groups. */
  readonly name = newId().slice(-8);

  constructor(directory: string) {
    this.directory = directory;
  }

  get options(): QemuHypervisorOptions {
    const probeCacheFile = join(this.directory, 'accelerator.json');
    return { probeCacheFile, log, accelerator: 'tcg', node: this.name };
  }

  async cgroups(): Promise<Cgroups> {
    return new Cgroups(await readHierarchies(), this.name);
  }

  hypervisor(): Promise<Hypervisor> {
    return createQemuHypervisor(this.options);
  }

  async spec(kind: 'good' | 'broken'): Promise<MachineSpec> {
    const instanceId = instanceIdSchema.parse(newId());
    const spec: MachineSpec = {
      instanceId,
      name: 'web',
      cores: 1,
      memoryBytes: 32 * 1024 * 1024,
      nics: [],
      disks: [{ id: newId(), layers: [{ path: join(this.directory, `${instanceId}.img`), format: 'raw' }] }],
      isoPath: null,
      directory: join(this.directory, instanceId),
      epoch: 0,
    };
    await mkdir(spec.directory);
    if (kind === 'good') await this.writeDisk(this.diskOf(spec), echoDisk());
    return spec;
  }

  diskOf({ instanceId }: MachineSpec): string {
    return join(this.directory, `${instanceId}.img`);
  }

  /** A disk file as the platform makes it: QEMU's alone. */
  async writeDisk(path: string, contents: Buffer): Promise<void> {
    await writeFile(path, contents, { mode: 0o600 });
    const user = await findHypervisorUser();
    if (user !== null) await chown(path, user.uid, user.gid);
  }

  killProcess({ pid }: { pid: number }): void {
    process.kill(pid, 'SIGKILL');
  }

  async shutDownGuest({ directory }: MachineSpec): Promise<void> {
    const files = machineFiles(directory);
    const shutDown = Promise.withResolvers<void>();
    const monitor = await QmpMonitor.open(files.monitor, ({ name }) => name === 'STOP' && shutDown.resolve());
    const serial = await connectUnix(files.serial);
    serial.write(typed.switchOff);
    await shutDown.promise;
    serial.destroy();
    monitor.close();
    await monitor.closed;
  }

  async remains({ instanceId, directory }: MachineSpec): Promise<string[]> {
    const found = (await processesWith(instanceId)).map((pid) => `process ${pid}`);
    const { run } = machineFiles(directory);
    if (await exists(run)) found.push(run);
    const group = (await this.cgroups()).group(instanceId).directory('cpu');
    if (group !== undefined && (await exists(group))) found.push(group);
    return found;
  }

  /** Also ends what a failed test has left. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const pid of await processesWith(this.directory)) process.kill(pid, 'SIGKILL');
    const cgroups = await this.cgroups();
    await waitFor(async () => (await cgroups.removeStale()).length === 0, {
      describe: 'the control groups to be empty',
    });
    await cgroups.close();
    await rm(this.directory, { recursive: true });
  }
}

async function processesWith(argument: string): Promise<number[]> {
  const found: number[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (commandLine.includes(argument)) found.push(Number(pid));
  }
  return found;
}

export async function makeDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'zhiyun-hypervisor-'));
  await chmod(directory, 0o755);
  return directory;
}

export function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
