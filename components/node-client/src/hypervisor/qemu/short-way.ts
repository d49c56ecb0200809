/**
 * A Unix socket's path is limited to 107 bytes. A socket directory with a longer path is reached through a symbolic
 * link in a short place; its owner and mode stay.
 */
import { createHash } from 'node:crypto';
import { lstat, mkdir, readlink, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { longestSocketPath, PlatformError, systemErrorCode } from '@zhiyun/kernel';

/** Root's alone; forgotten by a reboot, as every machine is. */
const shortPlace = '/run/zhiyun-machines';

/** Path to reach the sockets of `directory`, given its longest socket name: its own, or a link. */
export function wayTo(directory: string, longestName: string): string {
  if (Buffer.byteLength(join(directory, longestName)) <= longestSocketPath) return directory;
  return join(shortPlace, createHash('sha256').update(directory).digest('hex').slice(0, 16));
}

/** Creates the link if needed; call before use. Throws `node-fault` when something foreign is in the way. */
export async function openWay(way: string, directory: string): Promise<void> {
  if (way === directory) return;
  await mkdir(shortPlace, { mode: 0o711 }).catch((error: unknown) => {
    if (systemErrorCode(error) !== 'EEXIST') throw error;
  });
  const place = await lstat(shortPlace);
  if (!place.isDirectory() || place.uid !== process.getuid?.())
    throw new PlatformError('node-fault', `${shortPlace} is not a directory of this account; remove it.`);
  if ((await readlink(way).catch(() => undefined)) === directory) return;
  await rm(way, { force: true });
  await symlink(directory, way);
}

export async function closeWay(way: string, directory: string): Promise<void> {
  if (way !== directory) await rm(way, { force: true });
}
