/** What every volume driver must do. */
import type { DiskId } from '@zhiyun/contracts';
import { GiB, type ImageId, MiB } from '@zhiyun/contracts';
import type { DiskConfig, NodeImage, Volume } from '@zhiyun/contracts/links';
import { newId } from '@zhiyun/kernel';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FileOwner } from './instance-disks.ts';
import type { VolumeDriver } from './volume-driver.ts';

export interface VolumeSubject extends AsyncDisposable {
  driver: VolumeDriver;
  /** Directory of an instance. */
  home: string;
  owner: FileOwner;
  /** A name for a volume that is not there yet. */
  newLocator(): string;
  /** Makes the image lie in the cache: one of `virtualSizeBytes`. */
  addImage(virtualSizeBytes: number): Promise<NodeImage>;
  /** Sizes of what there is of any volume, in the storage itself. */
  volumes(): Promise<number[]>;
  /** Writes to a volume as its guest does. */
  write(disk: DiskConfig, text: string): Promise<void>;
  read(disk: DiskConfig): Promise<string>;
}

export function volumeDriverContract(name: string, start: () => Promise<VolumeSubject>): void {
  describe(`volume driver: ${name}`, () => {
    let subject: VolumeSubject;
    beforeEach(async () => {
      subject = await start();
    });
    afterEach(() => subject[Symbol.asyncDispose]());

    function diskOf(sizeBytes: number, image: NodeImage | null = null): DiskConfig {
      const volume: Volume = { driver: subject.driver.name, locator: subject.newLocator() };
      return { id: newId<DiskId>(), sizeBytes, image, volume };
    }
    const create = (disk: DiskConfig) => subject.driver.create(disk, subject.home, subject.owner);
    const remove = (disk: DiskConfig) => subject.driver.remove(disk, subject.home);

    test('a volume has the size that was asked for, and takes no room worth speaking of', async () => {
      await create(diskOf(10 * GiB));
      expect(await subject.volumes()).toEqual([10 * GiB]);
    });

    test('every step may come twice, and nothing is left after removal', async () => {
      const disk = diskOf(GiB);
      await remove(disk);
      for (const _time of [1, 2]) await create(disk);
      for (const _time of [1, 2]) await subject.driver.own(disk, subject.home, subject.owner);
      expect(await subject.volumes()).toHaveLength(1);
      for (const _time of [1, 2]) await remove(disk);
      expect(await subject.volumes()).toEqual([]);
    });

    test('what the guest has written stays when the volume is given to a user', async () => {
      const disk = diskOf(GiB);
      await create(disk);
      await subject.write(disk, 'precious');
      await subject.driver.own(disk, subject.home, subject.owner);
      expect(await subject.read(disk)).toBe('precious');
    });

    test('a volume that is gone is a fault: it is not made anew', async () => {
      await expect(subject.driver.own(diskOf(GiB), subject.home, subject.owner)).rejects.toThrow();
      expect(await subject.volumes()).toEqual([]);
    });

    test('volumes of one home do not know of each other', async () => {
      const [one, other] = [diskOf(GiB), diskOf(2 * GiB)];
      await create(one);
      await create(other);
      await subject.write(other, 'other');
      await remove(one);
      expect(await subject.volumes()).toEqual([2 * GiB]);
      expect(await subject.read(other)).toBe('other');
    });

    test('what QEMU opens has every format named, the volume first and the image below it', async () => {
      const image = await subject.addImage(8 * MiB);
      const [blank, thin] = [diskOf(GiB), diskOf(GiB, image)];
      for (const disk of [blank, thin]) {
        const layers = subject.driver.attach(disk, subject.home);
        expect(layers.length).toBeGreaterThan(0);
        for (const { format } of layers) expect(['qcow2', 'raw']).toContain(format);
        expect(subject.driver.attach(disk, subject.home)).toEqual(layers);
      }
      const [top] = subject.driver.attach(thin, subject.home);
      expect(subject.driver.attach(blank, subject.home)[0]).not.toEqual(top);
    });

    test('an image that does not fit, or is none for disks, is refused, and nothing is left', async () => {
      const image = await subject.addImage(8 * MiB);
      await expect(create(diskOf(MiB, image))).rejects.toMatchObject({ code: 'invalid-request' });
      const iso = { ...image, id: newId<ImageId>(), format: 'iso9660' as const };
      await expect(create(diskOf(GiB, iso))).rejects.toMatchObject({ code: 'image-wrong-kind' });
      expect(await subject.volumes()).toEqual([]);
    });

    test.each(['../precious', '/etc/passwd', '', 'a/b', '..'])('the locator %j leads nowhere', async (locator) => {
      const disk = { ...diskOf(GiB), volume: { driver: subject.driver.name, locator } };
      await expect(create(disk)).rejects.toMatchObject({ code: 'invalid-request' });
      await expect(async () => remove(disk)).rejects.toMatchObject({ code: 'invalid-request' });
    });
  });
}
