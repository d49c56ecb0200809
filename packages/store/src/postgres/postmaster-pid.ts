/**
 * What PostgreSQL says of itself in `postmaster.pid`, believed only when the process proves it: the file survives a power
 * cut and its number may then belong to anybody. The file itself is PostgreSQL's; we never delete it.
 */
import { readFile, readlink, realpath } from 'node:fs/promises';
import { join } from 'node:path';

export interface Postmaster {
  pid: number;
  socketDirectory: string;
  ready: boolean;
}

/** The live server of a data directory, if there is one. */
export async function findPostmaster(dataDirectory: string): Promise<Postmaster | undefined> {
  const text = await readFile(join(dataDirectory, 'postmaster.pid'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const [pid, , , , socketDirectory, , , status] = text.split('\n');
  const postmaster = { pid: Number(pid), socketDirectory: socketDirectory ?? '', ready: status?.trim() === 'ready' };
  return (await isPostmaster(postmaster.pid, dataDirectory)) ? postmaster : undefined;
}

/** PostgreSQL works in its data directory; so program and working directory together are its identity. */
export async function isPostmaster(pid: number, dataDirectory: string): Promise<boolean> {
  if (!Number.isInteger(pid) || pid <= 1) return false;
  try {
    const [program, directory] = await Promise.all([readlink(`/proc/${pid}/exe`), readlink(`/proc/${pid}/cwd`)]);
    return /\/postgres( \(deleted\))?$/.test(program) && directory === (await realpath(dataDirectory));
  } catch {
    return false;
  }
}
