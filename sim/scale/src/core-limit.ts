/** The platform has a server of its own, with so many cores; the simulated nodes are other machines. Needs root. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock, systemErrorCode } from '@zhiyun/kernel';
import { linkThreadName } from '@zhiyun/link';

const root = '/sys/fs/cgroup';
const isUnified = existsSync(join(root, 'cgroup.controllers'));
/** Short, so that waiting for the next one is not what is measured. */
const periodUs = 20_000;
/** A group within that of the process. */
const firstThread = 'first-thread';
/** The same, for the thread that holds its links; it comes when it is needed. */
const linkThread = 'link-thread';
const lookForThreadMs = 100;

export class CoreLimit implements AsyncDisposable {
  readonly #directory: string;
  readonly #ending = new AbortController();

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
   * Processes that run, with all their threads and the children they will have. `threadCores`: of the first thread of each, and of the one
   * for its links; in Node.js these do all the work but collecting garbage and compiling.
   */
  async add(name: string, pids: readonly number[], threadCores?: number): Promise<void> {
    const group = join(this.#directory, name);
    if (!existsSync(group)) await makeGroup(group);
    for (const pid of pids) await writeFile(join(group, 'cgroup.procs'), `${pid}`);
    if (threadCores === undefined) return;
    if (isUnified) await writeFile(join(group, 'cgroup.subtree_control'), '+cpu');
    for (const pid of pids) {
      await addThread(join(group, firstThread), pid, threadCores);
      void this.#addLinkThread(join(group, linkThread), pid, threadCores);
    }
  }

  /** Those that are still in it go back to where they are not limited. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    const entries = await readdir(this.#directory, { withFileTypes: true });
    for (const entry of entries) {
      if (!entry.isDirectory()) continue;
      const group = join(this.#directory, entry.name);
      for (const part of [join(group, firstThread), join(group, linkThread), group].filter((each) =>
        existsSync(each),
      )) {
        const left = (await readFile(join(part, 'cgroup.procs'), 'utf8')).split('\n').filter(Boolean);
        // One that has ended meanwhile cannot be moved, and need not be.
        for (const pid of left)
          await writeFile(join(this.#directory, '..', 'cgroup.procs'), pid).catch(() => undefined);
        await rmdir(part);
      }
    }
    await rmdir(this.#directory);
  }

  async #addLinkThread(group: string, pid: number, cores: number): Promise<void> {
    for (;;) {
      const thread = await threadOf(pid, linkThreadName);
      if (this.#ending.signal.aborted || thread === 'process ended') return;
      if (thread !== 'none yet') return await addThread(group, thread, cores).catch(unlessEnded);
      await systemClock.sleep(lookForThreadMs, this.#ending.signal).catch(() => undefined);
    }
  }
}

async function addThread(group: string, thread: number, cores: number): Promise<void> {
  if (!existsSync(group)) await makeGroup(group, cores, { threaded: isUnified });
  await writeFile(join(group, isUnified ? 'cgroup.threads' : 'tasks'), `${thread}`);
}

/** A thread that has ended since it was listed, or its whole process. */
function unlessEnded(error: unknown): void {
  if (systemErrorCode(error) !== 'ENOENT' && systemErrorCode(error) !== 'ESRCH') throw error;
}

async function threadOf(pid: number, name: string): Promise<number | 'none yet' | 'process ended'> {
  try {
    for (const thread of await readdir(`/proc/${pid}/task`)) {
      const found = (await readFile(`/proc/${pid}/task/${thread}/comm`, 'utf8')).trim();
      if (found === name) return Number(thread);
    }
    return 'none yet';
  } catch (error) {
    unlessEnded(error);
    return existsSync(`/proc/${pid}`) ? 'none yet' : 'process ended';
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
