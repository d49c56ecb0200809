/**
 * Reads `postmaster.pid`, verified against the process itself: the file survives a power cut and its pid may be reused.
 * PostgreSQL owns the file; we never delete it.
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

/** Identifies a postmaster by program and working directory, which is its data directory. */
export async function isPostmaster(pid: number, dataDirectory: string): Promise<boolean> {
  if (!Number.isInteger(pid) || pid <= 1) return false;
  try {
    const [program, directory] = await Promise.all([readlink(`/proc/${pid}/exe`), readlink(`/proc/${pid}/cwd`)]);
    return /\/postgres( \(deleted\))?$/.test(program) && directory === (await realpath(dataDirectory));
  } catch {
    return false;
  }
}
