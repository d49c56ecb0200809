/**
 * Probes hardware virtualisation. `/dev/kvm` may exist and accept a machine yet emulate it a million times too slowly
 * (nested hosts do), so a guest really runs: it enters 64-bit mode, counts to twenty million and prints one byte, in
 * some 100 ms on real hardware.
 */
import { spawn } from 'node:child_process';
import { access, chmod, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Logger, readBootId, systemClock } from '@zhiyun/kernel';
import { z } from 'zod';
import type { HypervisorUser } from './machine-files.ts';

const deadlineMs = 3_000;

/** Assembled from probe-guest.S. */
const probeGuest = Buffer.from(
  'fa31c08ed88ec08ed0bf0010b90018f3abc70600100320c70600200330c70600308300660f0116887c66b8200000000f22e066b8001000000f22d866' +
    'b9800000c00f32660fbae8080f300f20c0660d010000800f22c066ea5e7c00000800b9002d3101ffc975fc66baf803b04beef4ebfd0f1f8000000000' +
    '000000000000000000000000009a20000f00787c0000',
  'hex',
);

const accelerators = ['kvm', 'tcg'] as const;
export type Accelerator = (typeof accelerators)[number];
const cacheSchema = z.object({ bootId: z.string(), version: z.string(), accelerator: z.enum(accelerators) });

export interface ProbeOptions {
  binary: string;
  /** QEMU's version; another QEMU is probed again. */
  version: string;
  user: HypervisorUser | null;
  /** Cache of the answer until the next boot. */
  cacheFile: string;
  log: Logger;
}

export async function probeAccelerator(options: ProbeOptions): Promise<Accelerator> {
  const { cacheFile, version, log } = options;
  const bootId = await readBootId();
  const cached = await readCache(cacheFile);
  if (cached?.bootId === bootId && cached.version === version) return cached.accelerator;
  const accelerator = (await guestRuns('kvm', options)) ? 'kvm' : 'tcg';
  log.info(
    { accelerator },
    accelerator === 'kvm' ? 'hardware virtualisation works' : 'no hardware virtualisation: emulating',
  );
  await writeFile(`${cacheFile}.new`, JSON.stringify({ bootId, version, accelerator }));
  await rename(`${cacheFile}.new`, cacheFile);
  return accelerator;
}

async function readCache(path: string): Promise<z.infer<typeof cacheSchema> | undefined> {
  try {
    return cacheSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return undefined;
  }
}

/** Runs the probe guest; true when its byte arrived before the deadline. */
export async function guestRuns(
  accelerator: Accelerator,
  { binary, user }: Pick<ProbeOptions, 'binary' | 'user'>,
): Promise<boolean> {
  if (accelerator === 'kvm' && !(await exists('/dev/kvm'))) return false;
  const directory = await mkdtemp(join(tmpdir(), 'zhiyun-probe-'));
  try {
    const disk = join(directory, 'probe.img');
    await writeFile(disk, bootable(probeGuest));
    await chmod(directory, 0o755);
    return await isHeard(binary, user, probeArguments(accelerator, disk));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function probeArguments(accelerator: Accelerator, disk: string): string[] {
  const image = { 'node-name': 'disk', driver: 'raw', 'read-only': true, file: { driver: 'file', filename: disk } };
  return [
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-m', '32', '-serial', 'stdio'],
    ...['-machine', `pc,accel=${accelerator}`, '-sandbox', 'on'],
    ...['-blockdev', JSON.stringify(image), '-device', 'virtio-blk-pci,drive=disk'],
  ];
}

async function isHeard(binary: string, user: HypervisorUser | null, parameters: string[]): Promise<boolean> {
  const waiting = new AbortController();
  const child = spawn(binary, parameters, {
    stdio: ['ignore', 'pipe', 'ignore'],
    ...(user === null ? {} : { uid: user.uid, gid: user.gid }),
  });
  const gone = Promise.withResolvers<boolean>();
  child.once('error', () => gone.resolve(false));
  child.once('exit', () => gone.resolve(false));
  const heard = new Promise<boolean>((resolve) => child.stdout.once('data', () => resolve(true)));
  const late = systemClock.sleep(deadlineMs, waiting.signal).then(
    () => false,
    () => false,
  );
  try {
    return await Promise.race([heard, gone.promise, late]);
  } finally {
    waiting.abort();
    child.kill('SIGKILL');
    await gone.promise;
  }
}

/** A disk whose first sector the firmware will start. */
export function bootable(code: Buffer): Buffer {
  const disk = Buffer.alloc(1024 * 1024);
  code.copy(disk);
  disk.writeUInt16LE(0xaa55, 510);
  return disk;
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
