/**
 * Puts a bootable disk together without loop devices or root: GRUB's core behind the partition table, and one ext4 partition
 * filled from a directory. GRUB gets its three commands built in, so it reads nothing but kernel and initramfs.
 */
import { open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PlatformError } from '@zhiyun/kernel';
import { runTool } from './run-tool.ts';

const sector = 512;
const partitionStart = 1024 * 1024;
const bootCodeBytes = 440;
const partitionTableOffset = 446;

export interface BootDiskOptions {
  /** Becomes the root file system; must hold /boot/vmlinuz and /boot/initramfs. */
  rootDirectory: string;
  /** Unpacked Debian packages, among them grub-pc-bin. */
  packageTree: string;
  kernelCommandLine: string;
  /** For intermediate files. */
  workDirectory: string;
  sizeBytes: number;
}

/** Writes a raw disk to `path`. */
export async function makeBootDisk(path: string, options: BootDiskOptions): Promise<void> {
  const { rootDirectory, workDirectory, sizeBytes } = options;
  const partitionBytes = sizeBytes - partitionStart;
  const bootSector = await makeBootSector(options.packageTree, partitionBytes);
  const core = await makeGrubCore(options);
  await using disk = await open(path, 'wx');
  await disk.truncate(sizeBytes);
  await disk.write(bootSector, 0, bootSector.length, 0);
  await disk.write(core, 0, core.length, sector);

  const offset = `offset=${partitionStart},root_owner=0:0`;
  await runTool(
    'mke2fs',
    ['-q', '-F', '-t', 'ext4', '-L', 'zhiyun-guest', '-m', '0', '-E', offset, '-d', rootDirectory, path].concat(
      `${partitionBytes / 1024}k`,
    ),
    { cwd: workDirectory },
  );
}

/** GRUB's first stage and a table with one active Linux partition. */
async function makeBootSector(packageTree: string, partitionBytes: number): Promise<Buffer> {
  const bootSector = Buffer.alloc(sector);
  (await readFile(join(packageTree, grubDirectory, 'boot.img'))).copy(bootSector, 0, 0, bootCodeBytes);
  // Its last two bytes of code jump over a floppy probe that would take the table for code.
  const entry = bootSector.subarray(partitionTableOffset, partitionTableOffset + 16);
  entry.writeUInt8(0x80, 0);
  entry.writeUInt8(0x83, 4);
  entry.writeUInt32LE(partitionStart / sector, 8);
  entry.writeUInt32LE(partitionBytes / sector, 12);
  bootSector.writeUInt16LE(0xaa55, 510);
  return bootSector;
}

const grubDirectory = 'usr/lib/grub/i386-pc';

async function makeGrubCore({ packageTree, workDirectory, kernelCommandLine }: BootDiskOptions): Promise<Buffer> {
  const commands = join(workDirectory, 'grub.cfg');
  const core = join(workDirectory, 'grub-core.img');
  await writeFile(commands, `linux /boot/vmlinuz ${kernelCommandLine}\ninitrd /boot/initramfs\nboot\n`);
  await runTool('grub-mkimage', [
    ...['--format', 'i386-pc', '--directory', join(packageTree, grubDirectory), '--config', commands],
    ...['--prefix', '(,msdos1)/boot', '--output', core, 'biosdisk', 'part_msdos', 'ext2', 'linux'],
  ]);
  const image = await readFile(core);
  if (image.length > partitionStart - sector) {
    throw new PlatformError('internal', 'The test guest cannot be built: GRUB does not fit before the partition.');
  }
  return image;
}
