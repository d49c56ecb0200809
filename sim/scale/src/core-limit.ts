/** The platform has a server of its own, with so many cores; the simulated nodes are other machines. Needs root. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const root = '/sys/fs/cgroup';
const isUnified = existsSync(join(root, 'cgroup.controllers'));
/** Short, so that waiting for the next one is not what is measured. */
const periodUs = 20_000;
/** A group within that of the process. */
const firstThread = 'first-thread';

export class CoreLimit implements AsyncDisposable {
  readonly #directory: string;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  /** `cores` of this machine for all together, be it less than one. */
  static async create(cores: number): Promise<CoreLimit> {
    const directory = join(root, isUnified ? '' : 'cpu', `zhiyun-scale-${process.pid}`);
    await makeGroup(directory, cores);
    // Its cores are its own: the nodes, which are other machines in truth, do not stand in line with it.
    await writeFile(join(directory, isUnified ? 'cpu.weight' : 'cpu.shares'), isUnified ? '10000' : '262144');
    if (isUnified) await writeFile(join(directory, 'cgroup.subtree_control'), '+cpu');
    return new CoreLimit(directory);
  }

  /**
   * Processes that run, with all their threads and the children they will have. `threadCores`: of the first thread of each, which in
   * Node.js does all the work but collecting garbage and compiling.
   */
  async add(name: string, pids: readonly number[], threadCores?: number): Promise<void> {
    const group = join(this.#directory, name);
    if (!existsSync(group)) await makeGroup(group);
    for (const pid of pids) await writeFile(join(group, 'cgroup.procs'), `${pid}`);
    if (threadCores === undefined) return;
    const first = join(group, firstThread);
    if (isUnified) await writeFile(join(group, 'cgroup.subtree_control'), '+cpu');
    if (!existsSync(first)) await makeGroup(first, threadCores, { threaded: isUnified });
    for (const pid of pids) await writeFile(join(first, isUnified ? 'cgroup.threads' : 'tasks'), `${pid}`);
  }

  /** Those that are still in it go back to where they are not limited. */
  async [Symbol.asyncDispose](): Promise<void> {
    const entries = await readdir(this.#directory, { withFileTypes: true });
    for (const entry of entries) {
      if (!entry.isDirectory()) continue;
      const group = join(this.#directory, entry.name);
      for (const part of [join(group, firstThread), group].filter((each) => existsSync(each))) {
        const left = (await readFile(join(part, 'cgroup.procs'), 'utf8')).split('\n').filter(Boolean);
        // One that has ended meanwhile cannot be moved, and need not be.
        for (const pid of left)
          await writeFile(join(this.#directory, '..', 'cgroup.procs'), pid).catch(() => undefined);
        await rmdir(part);
      }
    }
    await rmdir(this.#directory);
  }
}

async function makeGroup(directory: string, cores?: number, { threaded = false } = {}): Promise<void> {
  await mkdir(directory);
  if (threaded) await writeFile(join(directory, 'cgroup.type'), 'threaded');
  if (cores === undefined) return;
  const quotaUs = Math.round(cores * periodUs);
  const settings = isUnified
    ? { 'cpu.max': `${quotaUs} ${periodUs}` }
    : { 'cpu.cfs_period_us': `${periodUs}`, 'cpu.cfs_quota_us': `${quotaUs}` };
  for (const [name, value] of Object.entries(settings)) await writeFile(join(directory, name), value);
}
