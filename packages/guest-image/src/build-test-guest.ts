/**
 * A small real Linux guest made of Debian packages: kernel, BusyBox and the few files in `guest/`. It takes an address by
 * DHCP, has root shells on ttyS0 and tty1, answers HTTP on port 80, obeys the power button, and prints
 * `zhiyun-guest: READY ip=… boots=… uptime=…` on its consoles. Built once per version of its ingredients.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { cp, glob, mkdir, mkdtemp, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { PlatformError } from '@zhiyun/kernel';
import { makeBootDisk } from './boot-disk.ts';
import { cpioArchive, directoryEntry, fileEntry } from './cpio.ts';
import { resolveGuestPackages, unpackPackages } from './debian-packages.ts';
import {
  diskModules,
  type KernelModule,
  laterModules,
  moduleFinder,
  moduleOrder,
  readyModules,
} from './kernel-modules.ts';
import { runTool } from './run-tool.ts';

export interface TestGuest {
  /** A qcow2 file; not to be written to. */
  path: string;
  sha256: string;
  sizeBytes: number;
}
export interface BuildOptions {
  /** Made when missing. Holds one file per version of the guest. */
  cacheDirectory: string;
  /** Told, in a few words, what is being done. Not called when the guest lies in the cache. */
  onProgress?: (doing: string) => void;
}

const packageDirectory = join(import.meta.dirname, '..');
const rootBytes = 64 * 1024 * 1024;
const kernelCommandLine = [
  'root=/dev/vda2 rw panic=5',
  'console=tty0 console=ttyS0,115200',
  // Self-tests and checks that cost time without hardware virtualisation, or that take a busy host for a broken clock.
  'mitigations=off cryptomgr.notests no_timer_check tsc=reliable',
].join(' ');

/** Throws `unavailable` with the mend when a tool or a package is missing. */
export async function buildTestGuest({ cacheDirectory, onProgress = () => {} }: BuildOptions): Promise<TestGuest> {
  const packages = await resolveGuestPackages();
  const recipe = createHash('sha256').update(JSON.stringify(packages));
  for (const file of await sourceFiles()) recipe.update(file).update(await readFile(join(packageDirectory, file)));
  const path = join(cacheDirectory, `test-guest-${recipe.digest('hex').slice(0, 16)}.qcow2`);

  if (!(await exists(path))) {
    await mkdir(cacheDirectory, { recursive: true });
    const work = await mkdtemp(join(cacheDirectory, 'building-'));
    try {
      onProgress('downloading Debian packages');
      const packageTree = await unpackPackages(packages, work);
      onProgress('putting the guest together');
      const disk = join(work, 'disk.raw');
      await makeDisk(disk, packageTree, work);
      onProgress('writing the image');
      await runTool('qemu-img', ['convert', '-f', 'raw', '-O', 'qcow2', disk, join(work, 'disk.qcow2')]);
      await rename(join(work, 'disk.qcow2'), path);
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  }
  return { path, sha256: await sha256(path), sizeBytes: (await stat(path)).size };
}

async function makeDisk(disk: string, packageTree: string, workDirectory: string): Promise<void> {
  const kernel = await onlyFile('boot/vmlinuz-*', packageTree);
  const busybox = join(packageTree, 'bin/busybox');
  const findModule = await moduleFinder(packageTree);
  const loaded = new Set<string>();
  const modules = async (names: readonly string[]) => moduleOrder(findModule, names, loaded);

  const initramfs = join(workDirectory, 'initramfs');
  await writeFile(initramfs, await makeInitramfs(busybox, await modules(diskModules)));
  const rootDirectory = join(workDirectory, 'root');
  await makeRootDirectory(rootDirectory, busybox, {
    'order.first': await modules(readyModules),
    'order.later': await modules(laterModules),
  });
  const masterBootCode = join(packageTree, 'usr/lib/syslinux/mbr/mbr.bin');
  await makeBootDisk(disk, {
    ...{ kernel, initramfs, kernelCommandLine, rootDirectory, rootBytes, masterBootCode, workDirectory },
  });
}

async function makeRootDirectory(
  root: string,
  busybox: string,
  moduleLists: Readonly<Record<string, readonly KernelModule[]>>,
): Promise<void> {
  await cp(join(packageDirectory, 'guest/root'), root, { recursive: true });
  for (const directory of ['bin', 'sbin', 'dev', 'proc', 'sys', 'run', 'tmp', 'root', 'var/lib', 'lib/modules']) {
    await mkdir(join(root, directory), { recursive: true });
  }
  await cp(busybox, join(root, 'bin/busybox'));
  for (const applet of (await runTool(busybox, ['--list'])).trim().split('\n')) {
    if (applet !== 'busybox') await symlink('busybox', join(root, 'bin', applet));
  }
  for (const applet of ['init', 'getty', 'reboot', 'poweroff']) {
    await symlink('../bin/busybox', join(root, 'sbin', applet));
  }
  for (const [list, modules] of Object.entries(moduleLists)) {
    for (const { fileName, path } of modules) await cp(path, join(root, 'lib/modules', fileName));
    await writeFile(join(root, 'lib/modules', list), nameList(modules));
  }
}

/** Not compressed: unpacking costs more, without hardware virtualisation, than reading. */
async function makeInitramfs(busybox: string, modules: readonly KernelModule[]): Promise<Buffer> {
  const read = async ({ fileName, path }: KernelModule) => fileEntry(`modules/${fileName}`, await readFile(path));
  return cpioArchive([
    ...['bin', 'dev', 'modules', 'root'].map(directoryEntry),
    fileEntry('bin/busybox', await readFile(busybox), 0o755),
    fileEntry('init', await readFile(join(packageDirectory, 'guest/initramfs/init')), 0o755),
    fileEntry('modules/order', Buffer.from(nameList(modules))),
    ...(await Promise.all(modules.map(read))),
  ]);
}

function nameList(modules: readonly KernelModule[]): string {
  return modules.map(({ fileName }) => `${fileName}\n`).join('');
}

/** All that decides what the guest becomes, in a fixed order. */
async function sourceFiles(): Promise<string[]> {
  const files: string[] = [];
  for await (const entry of glob('{src,guest}/**/*', { cwd: packageDirectory, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !entry.name.endsWith('.test.ts')) files.push(path.slice(packageDirectory.length + 1));
  }
  return files.sort();
}

async function onlyFile(pattern: string, directory: string): Promise<string> {
  for await (const file of glob(pattern, { cwd: directory })) return join(directory, file);
  throw new PlatformError('internal', `The test guest cannot be built: no ${pattern} in its packages.`);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
