/**
 * A control group per machine, `zhiyun/<node>/<instance id>` in each hierarchy, to account and limit its CPU time and
 * memory. Nodes on one machine have separate parents and touch only their own. Works with v1 and v2; where the kernel
 * offers neither (or denies access), every operation is a no-op and counts are undefined.
 */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock, systemErrorCode } from '@zhiyun/kernel';
import { type Controller, findHierarchies, findV2Mount, type Hierarchies } from './hierarchies.ts';
import { type CgroupLimits, limitFiles, outOfMemoryFile, parseOutOfMemoryKills } from './limits.ts';

const platformParent = 'zhiyun';
const removeRetryMs = 5;
const removeAttempts = 200;

export class Cgroups {
  readonly version: Hierarchies['version'];
  readonly #mounts: Hierarchies['mounts'];
  readonly #node: string;

  constructor({ version, mounts }: Hierarchies, node: string) {
    this.version = version;
    this.#mounts = mounts;
    this.#node = node;
  }

  /** The group of that name, whether it exists or not. */
  group(id: string): Cgroup {
    return this.#at(join(platformParent, this.#node, id));
  }

  /** Group of a machine started by an earlier release, which had no parent per node. */
  existingGroup(id: string): Cgroup {
    const former = this.#at(join(platformParent, id));
    return former.exists ? former : this.group(id);
  }

  /** Creates the parent of this node's groups. */
  async open(): Promise<void> {
    for (const mount of new Set(this.#mounts.values())) {
      await mkdir(join(mount, platformParent, this.#node), { recursive: true });
      if (this.version === 'v2') await this.#delegate(mount);
    }
  }

  /** Removes empty groups of an earlier run of this node. Returns the ids of those still in use. */
  async removeStale(): Promise<string[]> {
    const left = new Set<string>();
    for (const mount of new Set(this.#mounts.values())) {
      const own = join(mount, platformParent, this.#node);
      const entries = await readdir(own, { withFileTypes: true }).catch(() => []);
      for (const entry of entries.filter((candidate) => candidate.isDirectory())) {
        if (!(await removeDirectory(join(own, entry.name)))) left.add(entry.name);
      }
    }
    return [...left];
  }

  /** Removes this node's parent, and the common one with the last node. */
  async close(): Promise<void> {
    for (const mount of new Set(this.#mounts.values())) {
      if (await removeDirectory(join(mount, platformParent, this.#node)))
        await removeDirectory(join(mount, platformParent));
    }
  }

  #at(path: string): Cgroup {
    const directories = new Map([...this.#mounts].map(([controller, mount]) => [controller, join(mount, path)]));
    return new Cgroup(this.version, directories);
  }

  /** Under v2 a group has only the controllers its parents pass on. */
  async #delegate(mount: string): Promise<void> {
    const wanted = [...this.#mounts.keys()]
      .filter((controller) => controller !== 'cpuacct')
      .map((controller) => `+${controller === 'blkio' ? 'io' : controller}`)
      .join(' ');
    for (const parent of ['', platformParent, join(platformParent, this.#node)])
      await writeFile(join(mount, parent, 'cgroup.subtree_control'), wanted);
  }
}

export class Cgroup {
  readonly #version: Hierarchies['version'];
  readonly #directories: ReadonlyMap<Controller, string>;

  constructor(version: Hierarchies['version'], directories: ReadonlyMap<Controller, string>) {
    this.#version = version;
    this.#directories = directories;
  }

  get exists(): boolean {
    return [...this.#directories.values()].some((directory) => existsSync(directory));
  }

  /** Directory of a controller for this group; undefined when the kernel lacks the controller. */
  directory(controller: Controller): string | undefined {
    return this.#directories.get(controller);
  }

  async create(limits: CgroupLimits): Promise<void> {
    await this.#eachDirectory((directory) => mkdir(directory, { recursive: true }));
    for (const { controller, file, value } of limitFiles(this.#version, limits)) {
      const directory = this.directory(controller);
      if (directory !== undefined) await writeIfThere(join(directory, file), value);
    }
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

  /** Whether the kernel's OOM killer struck in this group. */
  async ranOutOfMemory(): Promise<boolean> {
    const directory = this.directory('memory');
    if (directory === undefined) return false;
    const text = await readFile(join(directory, outOfMemoryFile[this.#version]), 'utf8').catch(() => '');
    return parseOutOfMemoryKills(text) > 0;
  }

  /**
   * Idempotent. A process stays in its group until it is reaped, so this waits a little; a group still in use is left
   * to `removeStale`.
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

/** What the kernel offers; `none` where control groups are missing. Changes nothing. */
export async function readHierarchies(): Promise<Hierarchies> {
  const mountTable = await readFile('/proc/mounts', 'utf8');
  const v2Mount = findV2Mount(mountTable);
  const v2Controllers =
    v2Mount === undefined ? '' : await readFile(join(v2Mount, 'cgroup.controllers'), 'utf8').catch(() => '');
  return findHierarchies(mountTable, v2Controllers);
}

/** Groups of one node, prepared; version `none` where they are missing or not permitted. */
export async function openCgroups(node: string): Promise<Cgroups> {
  try {
    const cgroups = new Cgroups(await readHierarchies(), node);
    await cgroups.open();
    return cgroups;
  } catch {
    return new Cgroups({ version: 'none', mounts: new Map() }, node);
  }
}

/** Writes a limit if the kernel has it: a new file would be refused there. */
async function writeIfThere(path: string, value: string): Promise<void> {
  if (existsSync(path)) await writeFile(path, value);
}

/** False: the group is still in use. */
async function removeDirectory(directory: string): Promise<boolean> {
  try {
    await rmdir(directory);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return true;
    if (systemErrorCode(error) === 'EBUSY' || systemErrorCode(error) === 'ENOTEMPTY') return false;
    throw error;
  }
}
