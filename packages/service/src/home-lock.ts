/**
 * Lock: one platform per home. A sequence of files `lock.<n>`, each naming a process; the highest number counts, and
 * the next is taken by an atomic link. A lock whose process is dead (also after `kill -9` or power loss) does not
 * count; no lock is ever removed under a live process.
 */
import { link, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PlatformError, systemErrorCode } from '@zhiyun/kernel';
import { identifyProcess, isAlive, type ProcessIdentity, processIdentityShape } from './process-identity.ts';

/** Holds the lock until disposed or until this process ends. `in-use` naming the holder's pid when another one has it. */
export async function lockHome(directory: string): Promise<AsyncDisposable> {
  const me = await identifyProcess(process.pid);
  if (!me) throw new Error('This process cannot see itself in /proc');
  const draft = join(directory, `lock-draft.${process.pid}.${drafts++}`);
  await writeFile(draft, JSON.stringify(processIdentityShape.stamp(me)), { mode: 0o600 });
  try {
    for (;;) {
      const taken = await takeNext(directory, draft);
      // The file stays, so that its number is never used again; it only names nobody any more.
      if (taken) return { [Symbol.asyncDispose]: () => writeFile(taken, '{}') };
    }
  } finally {
    await rm(draft, { force: true });
  }
}

let drafts = 0;

/** Path of the acquired lock; undefined when another process was faster, then look again. */
async function takeNext(directory: string, draft: string): Promise<string | undefined> {
  const path = (number: number) => join(directory, `lock.${number}`);
  const highest = (await numbersIn(directory)).at(-1) ?? 0;
  const holder = await readHolder(path(highest));
  if (holder && (await isAlive(holder))) {
    throw new PlatformError(
      'in-use',
      `Another Zhiyun (pid ${holder.pid}) already runs on the home ${directory}. See \`zhiyun status\`, stop it with \`zhiyun down\`, or choose another --home.`,
    );
  }
  const mine = highest + 1;
  try {
    await link(draft, path(mine));
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') return undefined;
    throw error;
  }
  const present = await numbersIn(directory);
  if (present.at(-1) !== mine) {
    // A number that was free again because a later holder had tidied up: not the lock.
    await rm(path(mine), { force: true });
    return undefined;
  }
  for (const number of present) if (number < mine) await rm(path(number), { force: true });
  return path(mine);
}

async function numbersIn(directory: string): Promise<number[]> {
  const numbers = (await readdir(directory)).map((name) => Number(/^lock\.(\d+)$/.exec(name)?.[1]));
  return numbers.filter((number) => number > 0).sort((a, b) => a - b);
}

/** Undefined: no lock, or released. Unreadable content counts as held. */
async function readHolder(path: string): Promise<ProcessIdentity | undefined> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (systemErrorCode(error) === 'ENOENT') return '';
    throw error;
  });
  if (text === '' || text === '{}') return undefined;
  try {
    return processIdentityShape.parse(JSON.parse(text));
  } catch (cause) {
    throw new PlatformError(
      'in-use',
      `${path} does not say whose lock it is. When no Zhiyun runs on this home, remove that file.`,
      { cause },
    );
  }
}
