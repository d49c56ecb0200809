/**
 * Handles a zombie postmaster, whose parent never reaps it (PID 1 of some containers): PostgreSQL sees a living pid and
 * refuses to start beside it.
 */

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readProcessStat } from '@zhiyun/kernel';

/** A pid above Linux's maximum, which no process can have. */
const nobody = 4_194_304;

/**
 * Allows a start when the postmaster in `postmaster.pid` is a zombie. Keeps the file's other lines: by them PostgreSQL
 * waits for leftover backends of the dead server.
 */
export async function forgetUnreaped(dataDirectory: string): Promise<void> {
  const lock = join(dataDirectory, 'postmaster.pid');
  const [, , , port, socketDirectory] = await linesOf(lock);
  await forgetIn(lock);
  if (port && socketDirectory) await forgetIn(join(socketDirectory, `.s.PGSQL.${port}.lock`));
}

async function forgetIn(lock: string): Promise<void> {
  const [pid = '', ...rest] = await linesOf(lock);
  if (/^\d+$/.test(pid) && (await readProcessStat(Number(pid)))?.state === 'Z')
    await writeFile(lock, [nobody, ...rest].join('\n'));
}

async function linesOf(path: string): Promise<string[]> {
  return (await readFile(path, 'utf8').catch(() => '')).split('\n');
}
