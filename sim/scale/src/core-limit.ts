/** The platform has a server of its own, with so many cores; the simulated nodes are other machines. Needs root. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const root = '/sys/fs/cgroup';
const isUnified = existsSync(join(root, 'cgroup.controllers'));
/** Short, so that waiting for the next one is not what is measured. */
const periodUs = 20_000;

export class CoreLimit implements AsyncDisposable {
  readonly #directory: string;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  /** `cores` of this machine for all together, be it less than one. */
  static async create(cores: number): Promise<CoreLimit> {
    const directory = join(root, isUnified ? '' : 'cpu', `zhiyun-scale-${process.pid}`);
    await makeGroup(directory, cores);
    if (isUnified) await writeFile(join(directory, 'cgroup.subtree_control'), '+cpu');
    return new CoreLimit(directory);
  }

  /** Processes, with all their threads and the children they will have. `cores`: of them alone. */
  async add(name: string, pids: readonly number[], cores?: number): Promise<void> {
    const group = join(this.#directory, name);
    if (!existsSync(group)) await makeGroup(group, cores);
    for (const pid of pids) await writeFile(join(group, 'cgroup.procs'), `${pid}`);
  }

  /** Those that are still in it go back to where they are not limited. */
  async [Symbol.asyncDispose](): Promise<void> {
    const entries = await readdir(this.#directory, { withFileTypes: true });
    const groups = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(this.#directory, name));
    for (const group of groups) {
      const left = (await readFile(join(group, 'cgroup.procs'), 'utf8')).split('\n').filter(Boolean);
      // One that has ended meanwhile cannot be moved, and need not be.
      for (const pid of left) await writeFile(join(this.#directory, '..', 'cgroup.procs'), pid).catch(() => undefined);
      await rmdir(group);
    }
    await rmdir(this.#directory);
  }
}

async function makeGroup(directory: string, cores: number | undefined): Promise<void> {
  await mkdir(directory);
  if (cores === undefined) return;
  const quotaUs = Math.round(cores * periodUs);
  const settings = isUnified
    ? { 'cpu.max': `${quotaUs} ${periodUs}` }
    : { 'cpu.cfs_period_us': `${periodUs}`, 'cpu.cfs_quota_us': `${quotaUs}` };
  for (const [name, value] of Object.entries(settings)) await writeFile(join(directory, name), value);
}
