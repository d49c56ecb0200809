import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DiskId, GiB, type ImageId, type InstanceId, MiB } from '@zhiyun/contracts';
import { type DiskConfig, type InstanceConfig, localVolume, type NodeImage } from '@zhiyun/contracts/links';
import { newId } from '@zhiyun/kernel';
import { skippable, unmet } from '@zhiyun/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type NodePaths, nodePaths } from '../paths.ts';
import { createInstanceDisks, type InstanceDisks } from './instance-disks.ts';
import { createLocalDriver } from './local/local-driver.ts';
import { volumeDrivers } from './volume-drivers.ts';

const owner = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
let home: string;
let paths: NodePaths;
let disks: InstanceDisks;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'zhiyun-disks-'));
  paths = nodePaths(home);
  await mkdir(paths.instances, { recursive: true });
  disks = createInstanceDisks(paths, volumeDrivers([createLocalDriver(paths)]));
});
afterEach(() => rm(home, { recursive: true }));

const image: NodeImage = {
  id: newId<ImageId>(),
  format: 'raw',
  sizeBytes: MiB,
  virtualSizeBytes: 8 * MiB,
  sha256: '0'.repeat(64),
};
function disk(sizeBytes: number, of: NodeImage | null = null): DiskConfig {
  const id = newId<DiskId>();
  return { id, sizeBytes, image: of, volume: localVolume(id) };
}
function config(...specs: DiskConfig[]): InstanceConfig {
  const id = newId<InstanceId>();
  return { id, name: 'x', cores: 1, memoryBytes: 64 * MiB, nics: [], disks: specs, iso: null };
}

const fileOf = (instance: InstanceId, id: DiskId) => join(paths.instance(instance), `${id}.qcow2`);

test('a thin and a blank disk, and nothing after removal', async () => {
  const thin = disk(GiB, image);
  const blank = disk(10 * GiB);
  const wanted = config(thin, blank);
  await disks.create(wanted, owner);
  await disks.finish(wanted.id);

  expect(disks.attach(wanted)).toEqual([
    {
      id: thin.id,
      layers: [
        { path: fileOf(wanted.id, thin.id), format: 'qcow2' },
        { path: paths.image(image.id), format: 'raw' },
      ],
    },
    { id: blank.id, layers: [{ path: fileOf(wanted.id, blank.id), format: 'qcow2' }] },
  ]);
  expect((await stat(paths.instance(wanted.id))).mode & 0o777).toBe(0o710);
  const file = await stat(fileOf(wanted.id, blank.id));
  expect({ mode: file.mode & 0o777, uid: file.uid }).toEqual({ mode: 0o600, uid: owner.uid });

  await disks.beginRemoval(wanted.id);
  await disks.remove(wanted);
  expect(await readdir(paths.instances)).toEqual([]);
});

test('only what is unfinished can be removed, and every step may come twice', async () => {
  const wanted = config(disk(GiB));
  const { id } = wanted;
  const twice = async (step: (instance: InstanceId) => Promise<void>) => {
    await step(id);
    await step(id);
    return [...(await disks.list())];
  };
  await disks.create(wanted, owner);
  expect([...(await disks.list())]).toEqual([[id, 'unfinished']]);
  expect(await twice(disks.finish)).toEqual([[id, 'whole']]);
  expect(await twice(() => disks.remove(wanted))).toEqual([[id, 'whole']]);
  expect(await twice(disks.beginRemoval)).toEqual([[id, 'unfinished']]);
  expect(await twice(disks.finish)).toEqual([[id, 'whole']]);
  expect(await twice(disks.beginRemoval)).toEqual([[id, 'unfinished']]);
  expect(await twice(() => disks.remove(wanted))).toEqual([]);
  expect(await twice(disks.finish)).toEqual([]);
});

test('nothing is made over disks that lie here, nor mixed with them', async () => {
  const wanted = config(disk(GiB));
  const precious = join(paths.instance(wanted.id), 'precious');
  await mkdir(paths.instance(wanted.id));
  await writeFile(precious, 'data');
  await expect(disks.create(wanted, owner)).rejects.toMatchObject({
    code: 'node-fault',
    message: expect.stringContaining(paths.instance(wanted.id)),
  });

  await mkdir(paths.unfinishedInstance(wanted.id));
  await writeFile(join(paths.unfinishedInstance(wanted.id), 'half'), '');
  expect([...(await disks.list())]).toEqual([[wanted.id, 'whole']]);
  await disks.finish(wanted.id);
  expect(await readFile(precious, 'utf8')).toBe('data');
  await disks.beginRemoval(wanted.id);
  expect(await readdir(paths.unfinishedInstance(wanted.id))).toEqual(['precious']);
});

test('a disk that fails takes the disks before it along', async () => {
  const good = disk(GiB);
  const tooSmall = disk(MiB, image);
  await expect(disks.create(config(good, tooSmall), owner)).rejects.toMatchObject({ code: 'invalid-request' });
  expect(await readdir(paths.instances)).toEqual([]);
});

test('an ISO is no base for a disk', async () => {
  const iso = { ...image, format: 'iso9660' as const };
  const wrong = config(disk(GiB, iso));
  await expect(disks.create(wrong, owner)).rejects.toMatchObject({ code: 'image-wrong-kind' });
  expect(await readdir(paths.instances)).toEqual([]);
});

const needsRoot = unmet({ rootFor: 'giving files away' });
test.skipIf(needsRoot)(
  skippable('disks belong to their instance, and are given to it when it gets a user', needsRoot),
  async () => {
    const wanted = config(disk(GiB), disk(GiB));
    const owners = () => Promise.all(wanted.disks.map(async ({ id }) => (await stat(fileOf(wanted.id, id))).uid));
    await disks.create(wanted, { uid: 65534, gid: 65534 });
    await disks.finish(wanted.id);
    expect(await owners()).toEqual([65534, 65534]);
    const own = { uid: 1_900_000_001, gid: 1_900_000_001 };
    await disks.own(wanted, own);
    await disks.own(wanted, own);
    expect(await owners()).toEqual([own.uid, own.uid]);
  },
);

const missing = unmet({ rootFor: 'mounting' });
test.skipIf(missing)(skippable('a full disk is said with its figures, and nothing is left', missing), async () => {
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', paths.instances]);
  try {
    const ballast = join(paths.instances, 'ballast');
    await writeFile(ballast, Buffer.alloc(MiB - 8 * 4096));
    const blank = () => disk(GiB);
    // Three written clusters fit, six do not.
    const full = disks.create(config(blank(), blank(), blank()), owner);
    await expect(full).rejects.toMatchObject({
      code: 'disk-full',
      message: expect.stringMatching(/disk of the node is full: .* needed, .* free\. Free space/),
    });
    expect(await readdir(paths.instances)).toEqual(['ballast']);
    await rm(ballast);
    await disks.create(config(blank()), owner);
  } finally {
    execFileSync('umount', [paths.instances]);
  }
});
