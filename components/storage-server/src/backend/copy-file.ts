/**
 * Copies an open file with `cp`, which skips holes and shares blocks where the file system can. It gets a descriptor,
 * not a path that may lead to another file by now.
 */
import { spawn } from 'node:child_process';
import { type FileHandle, stat } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { systemClock } from '@zhiyun/kernel';
import type { Watch } from '../check-file.ts';

const lookMs = 500;
const sourcePath = '/proc/self/fd/3';

/** Throws with the code of what the system refused, the signal's reason, or what `cp` said. */
export async function copyFile(source: FileHandle, size: number, target: string, watch: Watch): Promise<void> {
  const { signal, progress } = watch;
  signal.throwIfAborted();
  const child = spawn('cp', ['--sparse=auto', '--reflink=auto', '--no-preserve=all', '--', sourcePath, target], {
    stdio: ['ignore', 'ignore', 'pipe', source.fd],
    signal,
    killSignal: 'SIGKILL',
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' },
  });
  const closed = new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? -1));
  });
  const look = async () => progress(Math.min(1, (await stat(target).catch(() => ({ size: 0 }))).size / size));
  using _looking = systemClock.every(lookMs, () => void look());
  try {
    const [code, words] = await Promise.all([closed, child.stderr ? text(child.stderr) : '']);
    if (code !== 0) throw refusal(words);
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  }
}

function refusal(words: string): Error {
  const said = words.trim().split('\n').at(-1) ?? '';
  const codes: Record<string, string> = { 'No space left on device': 'ENOSPC', 'Disk quota exceeded': 'EDQUOT' };
  const [, code] = Object.entries(codes).find(([text]) => said.includes(text)) ?? [];
  return Object.assign(new Error(`The file could not be copied: ${said}`), code && { code });
}
