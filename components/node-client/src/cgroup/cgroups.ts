/**
 * A control group of its own for every instance, `zhiyun/<instance id>` in each hierarchy: its CPU time and memory are
 * counted there and its quality of service is set there. Works with v1 and v2; where the kernel has neither (or will not let
 * us), every operation is a no-op and counts are undefined.
 */
import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock, systemErrorCode } from '@zhiyun/kernel';
import { type Controller, findHierarchies, findV2Mount, type Hierarchies } from './hierarchies.ts';

const parent = 'zhiyun';
/** A machine has a thread per virtual CPU and up to 64 for disk I/O; a hostile one must not use up the host's process table. */
const mostThreads = 512;
const removeRetryMs = 5;
const removeAttempts = 200;

export class Cgroups {
  readonly version: Hierarchies['version'];
  readonly #mounts: Hierarchies['mounts'];

  constructor({ version, mounts }: Hierarchies) {
    this.version = version;
    this.#mounts = mounts;
  }

  /** The group of that name, whether it exists or not. */
  group(id: string): Cgroup {
    const directories = new Map([...this.#mounts].map(([controller, mount]) => [controller, join(mount, parent, id)]));
    return new Cgroup(this.version, directories);
  }

  /** Removes groups of a former life that nothing runs in any more. Returns the ids of those that are left. */
  async removeStale(): Promise<string[]> {
    const left = new Set<string>();
    for (const mount of new Set(this.#mounts.values())) {
      const entries = await readdir(join(mount, parent), { withFileTypes: true }).catch(() => []);
      for (const entry of entries.filter((candidate) => candidate.isDirectory())) {
        if (!(await removeDirectory(join(mount, parent, entry.name)))) left.add(entry.name);
      }
    }
    return [...left];
  }
}

export class Cgroup {
  readonly #version: Hierarchies['version'];
  readonly #directories: ReadonlyMap<Controller, string>;

  constructor(version: Hierarchies['version'], directories: ReadonlyMap<Controller, string>) {
    this.#version = version;
    this.#directories = directories;
  }

  /** Where a controller's files of this group are; undefined when the kernel does not have the controller. */
  directory(controller: Controller): string | undefined {
    return this.#directories.get(controller);
  }

  async create(): Promise<void> {
    await this.#eachDirectory((directory) => mkdir(directory, { recursive: true }));
    const pids = this.directory('pids');
    if (pids !== undefined) await writeFile(join(pids, 'pids.max'), String(mostThreads));
  }

  /** Moves a process with all its threads into the group. */
  async add(pid: number): Promise<void> {
    await this.#eachDirectory((directory) => writeFile(join(directory, 'cgroup.procs'), String(pid)));
  }

  /** CPU time used by everything that ever ran in the group. */
  async cpuNanoseconds(): Promise<number | undefined> {
    const directory = this.directory('cpuacct');
    if (directory === undefined) return undefined;
    if (this.#version === 'v1') return Number(await readFile(join(directory, 'cpuacct.usage'), 'utf8'));
    const microseconds = /^usage_usec (\d+)$/m.exec(await readFile(join(directory, 'cpu.stat'), 'utf8'))?.[1];
    return microseconds === undefined ? undefined : Number(microseconds) * 1000;
  }

  /**
   * A missing group is fine. A process stays in its group until its parent has noticed its end, so this waits a little; a
   * group that is still not empty is left to `removeStale`.
   */
  async remove(): Promise<void> {
    await this.#eachDirectory(async (directory) => {
      for (let attempt = 0; attempt < removeAttempts && !(await removeDirectory(directory)); attempt++) {
        await systemClock.sleep(removeRetryMs);
      }
    });
  }

  async #eachDirectory(task: (directory: string) => Promise<unknown>): Promise<void> {
    await Promise.all([...new Set(this.#directories.values())].map(task));
  }
}

/** Finds what the kernel offers and prepares it; `none` where control groups are missing or not ours to change. */
export async function openCgroups(): Promise<Cgroups> {
  const mountTable = await readFile('/proc/mounts', 'utf8');
  const v2Mount = findV2Mount(mountTable);
  const v2Controllers = v2Mount === undefined ? '' : await readFile(join(v2Mount, 'cgroup.controllers'), 'utf8');
  const hierarchies = findHierarchies(mountTable, v2Controllers);
  try {
    for (const mount of new Set(hierarchies.mounts.values())) await mkdir(join(mount, parent), { recursive: true });
    if (hierarchies.version === 'v2' && v2Mount !== undefined) await delegate(v2Mount, hierarchies);
    return new Cgroups(hierarchies);
  } catch {
    return new Cgroups({ version: 'none', mounts: new Map() });
  }
}

/** Under v2 a group has only the controllers its parents pass on. */
async function delegate(mount: string, hierarchies: Hierarchies): Promise<void> {
  const wanted = [...hierarchies.mounts.keys()]
    .filter((controller) => controller !== 'cpuacct')
    .map((controller) => `+${controller === 'blkio' ? 'io' : controller}`)
    .join(' ');
  await writeFile(join(mount, 'cgroup.subtree_control'), wanted);
  await writeFile(join(mount, parent, 'cgroup.subtree_control'), wanted);
}

/** False: something still runs in it. */
async function removeDirectory(directory: string): Promise<boolean> {
  try {
    await rmdir(directory);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return true;
    if (systemErrorCode(error) === 'EBUSY') return false;
    throw error;
  }
}
