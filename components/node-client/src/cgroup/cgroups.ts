/**
 * A control group of its own for every machine, `zhiyun/<node>/<instance id>` in each hierarchy: its CPU time and memory are
 * counted and limited there. Each node has a parent of its own, for one machine may be several nodes, and no node touches what
 * is another's. Works with v1 and v2; where the kernel has neither (or will not let us), every operation is a no-op and counts
 * are undefined.
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

  /** Where a machine that runs already was put: releases before this one had no parent per node. */
  existingGroup(id: string): Cgroup {
    const former = this.#at(join(platformParent, id));
    return former.exists ? former : this.group(id);
  }

  /** Makes the parent of this node's groups. */
  async open(): Promise<void> {
    for (const mount of new Set(this.#mounts.values())) {
      await mkdir(join(mount, platformParent, this.#node), { recursive: true });
      if (this.version === 'v2') await this.#delegate(mount);
    }
  }

  /** Removes groups of a former life of this node that nothing runs in any more. Returns the ids of those that are left. */
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

  /** Nothing is left of a node without machines; the parent of all goes with the last node. */
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

  /** Where a controller's files of this group are; undefined when the kernel does not have the controller. */
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

  /** The kernel has killed something in it that wanted more memory than the limit. */
  async ranOutOfMemory(): Promise<boolean> {
    const directory = this.directory('memory');
    if (directory === undefined) return false;
    const text = await readFile(join(directory, outOfMemoryFile[this.#version]), 'utf8').catch(() => '');
    return parseOutOfMemoryKills(text) > 0;
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

/** What the kernel offers; `none` where control groups are missing. Changes nothing. */
export async function readHierarchies(): Promise<Hierarchies> {
  const mountTable = await readFile('/proc/mounts', 'utf8');
  const v2Mount = findV2Mount(mountTable);
  const v2Controllers =
    v2Mount === undefined ? '' : await readFile(join(v2Mount, 'cgroup.controllers'), 'utf8').catch(() => '');
  return findHierarchies(mountTable, v2Controllers);
}

/** Those of one node, prepared; of version `none` where they are missing or not ours to change. */
export async function openCgroups(node: string): Promise<Cgroups> {
  try {
    const cgroups = new Cgroups(await readHierarchies(), node);
    await cgroups.open();
    return cgroups;
  } catch {
    return new Cgroups({ version: 'none', mounts: new Map() }, node);
  }
}

/** A kernel may have been built without a limit; a new file would be refused there. */
async function writeIfThere(path: string, value: string): Promise<void> {
  if (existsSync(path)) await writeFile(path, value);
}

/** False: something still runs in it, or lies in it. */
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
