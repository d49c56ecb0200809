/**
 * One platform per home. The lock is a file that names a process by pid and start time, so a lock left by `kill -9` is
 * known to be dead, and a new process with an old pid is not mistaken for its holder. It is made complete under another name and linked
 * into place, so nobody ever reads half of it.
 */
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PlatformError, systemErrorCode } from '@zhiyun/kernel';

/** Field 22 of /proc/<pid>/stat, clock ticks since boot; undefined when there is no such process. */
async function startTimeTicks(pid: number): Promise<string | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The name may hold spaces and brackets: count from behind it.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

async function bootId(): Promise<string> {
  return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
}

/** `<pid> <start time> <boot id>` → pid while that very process lives. */
async function livingHolder(text: string): Promise<number | undefined> {
  const [pid, ticks, boot] = text.trim().split(' ');
  if (!pid || !ticks || boot !== (await bootId())) return undefined;
  return (await startTimeTicks(Number(pid))) === ticks ? Number(pid) : undefined;
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Holds the lock until disposed. `unavailable` naming the holder's pid when another process has it. */
export async function lockHome(directory: string): Promise<AsyncDisposable> {
  const path = join(directory, 'lock');
  const mine = `${path}.${process.pid}`;
  const text = `${process.pid} ${await startTimeTicks(process.pid)} ${await bootId()}\n`;
  await writeFile(mine, text, { mode: 0o600 });
  try {
    for (;;) {
      try {
        await link(mine, path);
        break;
      } catch (error) {
        if (systemErrorCode(error) !== 'EEXIST') throw error;
      }
      const found = await readIfThere(path);
      if (found === undefined) continue;
      const holder = await livingHolder(found);
      if (holder !== undefined) {
        throw new PlatformError(
          'in-use',
          `Another Zhiyun (pid ${holder}) already runs on the home ${directory}. See \`zhiyun status\`, stop it with \`zhiyun down\`, or choose another --home.`,
        );
      }
      // Dead. Two finders may both remove; the link above lets only one of them win, and neither removes a living lock,
      // because a living one has another text.
      if ((await readIfThere(path)) === found) await rm(path, { force: true });
    }
  } finally {
    await rm(mine, { force: true });
  }
  return {
    async [Symbol.asyncDispose]() {
      if ((await readIfThere(path)) === text) await rm(path, { force: true });
    },
  };
}
