/**
 * A server that is dead, but whose parent does not reap it, as the first process of a container may not: it has a pid for ever, and
 * PostgreSQL, which only asks whether there is such a process, refuses to start beside it.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Linux gives no process this pid: its numbers end before. */
const nobody = 4_194_304;

/**
 * Lets a new server start when the one that `postmaster.pid` names is a zombie. The other lines of the file stay: by them PostgreSQL
 * sees whether sessions of the dead one still work on the data, and waits for their end.
 */
export async function forgetUnreaped(dataDirectory: string): Promise<void> {
  const lock = join(dataDirectory, 'postmaster.pid');
  const [, , , port, socketDirectory] = await linesOf(lock);
  await forgetIn(lock);
  if (port && socketDirectory) await forgetIn(join(socketDirectory, `.s.PGSQL.${port}.lock`));
}

async function forgetIn(lock: string): Promise<void> {
  const [pid = '', ...rest] = await linesOf(lock);
  if (/^\d+$/.test(pid) && (await isZombie(Number(pid)))) await writeFile(lock, [nobody, ...rest].join('\n'));
}

async function linesOf(path: string): Promise<string[]> {
  return (await readFile(path, 'utf8').catch(() => '')).split('\n');
}

async function isZombie(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z');
}
