import { chmod, mkdir, mkdtemp, open, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ImageId, MiB } from '@zhiyun/contracts';
import type { DiskConfig } from '@zhiyun/contracts/links';
import { newId } from '@zhiyun/kernel';
import { nodePaths } from '../../paths.ts';
import { volumeDriverContract } from '../contract.ts';
import { createLocalDriver } from './local-driver.ts';

/** Past what the driver has written. */
const textAt = 8 * MiB;

volumeDriverContract('local', async () => {
  const root = await mkdtemp(join(tmpdir(), 'zhiyun-local-'));
  const paths = nodePaths(root);
  const home = join(paths.instances, 'one');
  await mkdir(home, { recursive: true });
  await mkdir(paths.images, { recursive: true });
  const driver = createLocalDriver(paths);
  const fileOf = (disk: DiskConfig) => driver.attach(disk, home)[0]?.path ?? '';
  return {
    driver,
    home,
    owner: { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 },
    newLocator: () => newId(),
    async addImage(virtualSizeBytes) {
      const id = newId<ImageId>();
      await writeFile(paths.image(id), Buffer.alloc(1024));
      await chmod(paths.image(id), 0o444);
      return { id, format: 'raw', sizeBytes: 1024, virtualSizeBytes, sha256: '0'.repeat(64) };
    },
    async volumes() {
      const sizes: number[] = [];
      for (const name of await readdir(home)) {
        await using file = await open(join(home, name));
        const { buffer } = await file.read(Buffer.alloc(32), 0, 32, 0);
        sizes.push(Number(buffer.readBigUInt64BE(24)));
      }
      return sizes;
    },
    async write(disk, text) {
      await using file = await open(fileOf(disk), 'r+');
      await file.write(text, textAt);
    },
    async read(disk) {
      await using file = await open(fileOf(disk));
      const { buffer, bytesRead } = await file.read(Buffer.alloc(32), 0, 32, textAt);
      return buffer.subarray(0, bytesRead).toString();
    },
    [Symbol.asyncDispose]: () => rm(root, { recursive: true }),
  };
});
