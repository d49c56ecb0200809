/**
 * Runs qemu-img in a jail: unprivileged user, no network, no new privileges, limits of memory, time and files, nothing
 * to write. It gets one open descriptor and can reach no other file. Only for files that passed the inspector.
 */
import { spawn } from 'node:child_process';
import type { FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { GiB, KiB, MiB, say } from '@zhiyun/contracts';
import { PlatformError, systemErrorCode } from '@zhiyun/kernel';
import { z } from 'zod';
import { refused } from '../image-inspector/refusal.ts';

const timeoutMs = 30_000;
const limits = [`--as=${2 * GiB}`, '--cpu=30', '--nofile=64', '--core=0', `--fsize=${1 * MiB}`];
const keptCharacters = 64 * KiB;
const nobody = '65534';
/** The descriptor behind the three standard ones. */
export const imagePath = '/proc/self/fd/3';

/** Leaked clusters waste space and harm nobody; everything else that `check` finds means damage. */
const exit = { sound: 0, damaged: 2, leaks: 3 };
const infoSchema = z.looseObject({
  format: z.literal('qcow2'),
  'virtual-size': z.int(),
  'backing-filename': z.never().optional(),
  'full-backing-filename': z.never().optional(),
  'format-specific': z.looseObject({ data: z.looseObject({ 'data-file': z.never().optional() }) }),
});

/** Throws `image-refused` when qemu-img finds damage or sees another disk than we did. The file must be readable by all. */
export async function checkQcow2(file: FileHandle, virtualSizeBytes: number, signal: AbortSignal): Promise<void> {
  const check = await runJailed(['check', '-q', '-f', 'qcow2', imagePath], file, signal);
  if (check.code !== exit.sound && check.code !== exit.leaks) {
    throw refused(
      check.code === exit.damaged
        ? say('refusal.damaged-inside')
        : say('refusal.cannot-check', { words: check.lastWords }),
      say('cure.repair'),
    );
  }
  const info = await runJailed(['info', '--output=json', '-f', 'qcow2', imagePath], file, signal);
  if (info.code !== 0) throw refused(say('refusal.cannot-read', { words: info.lastWords }));
  if (!standsAlone(info.output, virtualSizeBytes)) {
    throw refused(say('refusal.not-alone'));
  }
}

function standsAlone(info: string, virtualSizeBytes: number): boolean {
  try {
    return infoSchema.parse(JSON.parse(info))['virtual-size'] === virtualSizeBytes;
  } catch {
    return false;
  }
}

export interface Ran {
  code: number;
  output: string;
  lastWords: string;
}

/** `file` is its descriptor 3, `imagePath` its name. */
export async function runJailed(
  args: readonly string[],
  file: FileHandle,
  signal: AbortSignal,
  keep = keptCharacters,
): Promise<Ran> {
  const [program = '', ...rest] = [...jail(), 'qemu-img', ...args];
  const deadline = AbortSignal.timeout(timeoutMs);
  const child = spawn(program, rest, {
    stdio: ['ignore', 'pipe', 'pipe', file.fd],
    signal: AbortSignal.any([signal, deadline]),
    killSignal: 'SIGKILL',
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' },
  });
  const closed = new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? -1));
  });
  try {
    const [code, output, words] = await Promise.all([
      closed,
      tail(child.stdout, keep),
      tail(child.stderr, keptCharacters),
    ]);
    return { code, output, lastWords: words.trim().split('\n').at(-1) || `it ended with code ${code}` };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (deadline.aborted) throw refused(say('refusal.too-slow', { seconds: timeoutMs / 1000 }));
    if (systemErrorCode(error) !== 'ENOENT') throw error;
    throw new PlatformError('unavailable', say('storage.no-prlimit'), {
      cause: error,
    });
  }
}

/** The tail of its output, bounded: a bad image can make qemu-img complain without end. */
async function tail(stream: Readable | null, keep: number): Promise<string> {
  let kept = '';
  for await (const chunk of stream?.setEncoding('utf8') ?? []) kept = (kept + chunk).slice(-keep);
  return kept;
}

/** Without root the process keeps its user, who then has no more rights than we have. */
function jail(): string[] {
  const asNobody = ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups', '--no-new-privs', '--'];
  const isRoot = process.getuid?.() === 0;
  return ['prlimit', ...limits, '--', ...(isRoot ? ['unshare', '--net', '--ipc', '--', ...asNobody] : [])];
}
