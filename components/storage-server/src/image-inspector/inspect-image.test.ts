import type { ImageKind } from '@zhiyun/contracts';
import { PlatformError } from '@zhiyun/kernel';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isoImage, qcow2Image, rawDisk } from '../testing/images.ts';
import { type Inspection, inspectImage } from './inspect-image.ts';

const MiB = 1024 * 1024;

/** Inspects a buffer through a reader that fails when it is asked for anything outside the file. */
async function inspect(image: Buffer, kind: ImageKind = 'disk'): Promise<Inspection> {
  let read = 0;
  const result = inspectImage(
    async (offset, length) => {
      if (offset < 0 || offset + length > image.length) throw new Error('read outside the file');
      read += length;
      return image.subarray(offset, offset + length);
    },
    image.length,
    kind,
  );
  await result.catch(() => {});
  expect(read).toBeLessThanOrEqual(48 * MiB);
  return result;
}

async function refusal(image: Buffer, kind: ImageKind = 'disk'): Promise<string> {
  const error = await inspect(image, kind).then(
    (inspection) => expect.fail(`accepted: ${JSON.stringify(inspection)}`),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof PlatformError)) throw error;
  return `${error.code}: ${error.message}`;
}

describe('accepted', () => {
  test.each([
    ['qcow2 version 3', qcow2Image(), 'disk', 'qcow2', 64 * MiB],
    ['qcow2 version 2', qcow2Image({ version: 2 }), 'disk', 'qcow2', 64 * MiB],
    ['qcow2 with zstd', qcow2Image({ incompatible: 8n, compressionType: 1 }), 'disk', 'qcow2', 64 * MiB],
    [
      'qcow2 with unknown extension',
      qcow2Image({ extensions: [{ type: 0x1234, content: 'x' }] }),
      'disk',
      'qcow2',
      64 * MiB,
    ],
    ['raw', rawDisk(MiB), 'disk', 'raw', MiB],
    ['empty raw', Buffer.alloc(MiB), 'disk', 'raw', MiB],
    ['ISO', isoImage(), 'iso', 'iso9660', 40 * 2048],
    ['hybrid ISO', isoImage({ bootable: true }), 'iso', 'iso9660', 40 * 2048],
    ['hybrid ISO as disk', isoImage({ bootable: true }), 'disk', 'raw', 40 * 2048],
  ] as const)('%s', async (_name, image, kind, format, virtualSizeBytes) => {
    expect(await inspect(image, kind)).toEqual({ format, virtualSizeBytes });
  });
});

describe('of the other kind', () => {
  test.each([
    ['ISO as disk', isoImage(), 'disk', /it is an ISO image\. Add it again as an ISO/],
    ['qcow2 as ISO', qcow2Image(), 'iso', /it is a qcow2 disk image\. Add it again as a disk image/],
    ['raw as ISO', rawDisk(MiB), 'iso', /no ISO image/],
  ] as const)('%s', async (_name, image, kind, message) => {
    expect(await refusal(image, kind)).toMatch(new RegExp(`^image-wrong-kind: .*${message.source}`));
  });
});

describe('qcow2 refused', () => {
  test.each([
    ['backing file', { backingFile: '/etc/shadow' }, /backing file/],
    ['backing file, version 2', { version: 2, backingFile: 'json:{}' }, /backing file/],
    ['data file by feature', { incompatible: 4n }, /external data file/],
    ['data file by extension', { extensions: [{ type: 0x44415441, content: '/etc/shadow' }] }, /external data file/],
    [
      'data file behind another extension',
      {
        extensions: [
          { type: 7, content: 'x' },
          { type: 0x44415441, content: '/etc/shadow' },
        ],
      },
      /external data file/,
    ],
    ['data file by autoclear bit', { autoclear: 2n }, /external data file/],
    ['backing format', { extensions: [{ type: 0xe2792aca, content: 'raw' }] }, /backing file/],
    ['encryption', { encryption: 2 }, /encrypted/],
    ['encryption by extension', { extensions: [{ type: 0x0537be77, content: 'x'.repeat(16) }] }, /encrypted/],
    ['internal snapshots', { snapshots: 3 }, /3 internal snapshots/],
    ['dirty', { incompatible: 1n }, /not closed properly/],
    ['corrupt', { incompatible: 2n }, /marked as damaged/],
    ['unknown feature', { incompatible: 1n << 40n }, /bits 0x10000000000/],
    ['unknown compression', { incompatible: 8n, compressionType: 9 }, /compression type 9/],
    ['clusters too small', { clusterBits: 8 }, /cluster size/],
    ['clusters too large', { clusterBits: 22 }, /cluster size/],
    ['header too long', { headerBytes: 1 << 30 }, /header length/],
    ['header too short', { headerBytes: 96 }, /header length/],
    ['wide refcounts', { refcountOrder: 7 }, /refcount width/],
    ['no size', { virtualSize: 0n }, /no size/],
    ['1000 TB', { virtualSize: 10n ** 15n }, /larger than the largest/],
    ['8 EiB', { virtualSize: (1n << 63n) - 1n }, /larger than the largest/],
    ['L1 too small', { virtualSize: 1n << 40n }, /L1 table is too small/],
    ['L1 enormous', { l1Entries: 2 ** 32 - 1 }, /L1 table is larger/],
    ['L1 beyond the file', { l1Offset: 1n << 40n }, /beyond the end/],
    ['L1 crooked', { l1Offset: 3n * 65_536n + 8n }, /lies where none can be/],
    ['L1 in the header', { l1Offset: 0n }, /lies where none can be/],
    ['L1 on the refcount table', { l1Offset: 65_536n }, /overlap/],
    ['L1 entry beyond the file', { l1: [1n << 50n] }, /points beyond the end/],
    ['L1 entry crooked', { l1: [4n * 65_536n + 512n] }, /impossible entry/],
    ['L1 entry with reserved bits', { l1: [(1n << 60n) | (4n * 65_536n)] }, /impossible entry/],
    ['no refcounts', { refcountTableClusters: 0 }, /no refcount table/],
    ['refcounts enormous', { refcountTableClusters: 2 ** 31 }, /refcount table is larger/],
    ['refcounts beyond the file', { refcountTableOffset: 65_536n * 5n }, /beyond the end/],
    ['extension endless', { extensions: [{ type: 7, content: '', claimedBytes: 2 ** 32 - 1 }] }, /does not end/],
    [
      'too many extensions',
      { extensions: Array.from({ length: 40 }, () => ({ type: 7, content: '' })) },
      /does not end/,
    ],
  ] as const)('%s', async (_name, fields, reason) => {
    expect(await refusal(qcow2Image(fields))).toMatch(new RegExp(`^image-refused: .*${reason.source}`));
  });

  test('a version not known', async () => {
    const image = qcow2Image();
    image.writeUInt32BE(4, 4);
    expect(await refusal(image)).toMatch(/^image-refused: .*unknown version 4/);
  });
  test.each([4, 71, 72, 100, 111, 1000, 3 * 65_536])('cut short after %d bytes', async (length) => {
    expect(await refusal(qcow2Image().subarray(0, length))).toMatch(/^image-refused/);
  });
});

describe('foreign formats refused, given as either kind', () => {
  const descriptor = '# Disk DescriptorFile\nversion=1\nRW 2048 FLAT "/etc/shadow" 0\n';
  test.each([
    ['VMDK sparse', 0, 'KDMV', /VMDK/],
    ['VMDK flat descriptor', 0, descriptor, /VMDK descriptor/],
    ['VMDK descriptor behind odd comments', 0, '#\x01\n \r\nversion=1\n\0', /VMDK descriptor/],
    ['VMDK descriptor in other letters', 0, '\0# DISK DESCRIPTORFILE', /VMDK descriptor/],
    ['VHD dynamic', 0, 'conectix', /VHD/],
    ['VHD fixed', MiB - 512, 'conectix', /VHD/],
    ['VHD fixed, old', MiB - 511, 'conectix', /VHD/],
    ['VHDX', 0, 'vhdxfile', /VHDX/],
    ['VDI', 0x40, '\x7f\x10\xda\xbe', /VDI/],
    ['QED', 0, 'QED\0', /QED/],
    ['QCOW 1', 0, 'QFI\xfb\0\0\0\x01', /QCOW version 1/],
    ['LUKS', 0, 'LUKS\xba\xbe\0\x01', /LUKS/],
    ['Parallels', 0, 'WithouFreSpacExt', /Parallels/],
    ['DMG', MiB - 512, 'koly', /DMG/],
    ['gzip', 0, '\x1f\x8b\x08', /gzip.*Unpack/],
    ['tar', 257, 'ustar', /tar/],
  ] as const)('%s', async (_name, offset, text, reason) => {
    const disk = Buffer.alloc(MiB);
    disk.write(text, offset, 'latin1');
    const disc = Buffer.concat([isoImage(), Buffer.alloc(MiB - 40 * 2048)]);
    disc.write(text, offset, 'latin1');
    for (const [image, kind] of [
      [disk, 'disk'],
      [disk, 'iso'],
      [disc, 'iso'],
    ] as const) {
      expect(await refusal(image, kind)).toMatch(new RegExp(`^image-refused: .*${reason.source}`));
    }
  });

  test('text', async () => {
    expect(await refusal(Buffer.from('hello\n'.repeat(512)))).toMatch(/^image-refused: .*text file/);
  });
});

describe('cut short', () => {
  test('an ISO shorter than its volume', async () => {
    expect(await refusal(isoImage({ claimedSectors: 41 }), 'iso')).toMatch(/^image-refused: .*cut short/);
  });
  test('a raw disk with half a sector', async () => {
    expect(await refusal(rawDisk(MiB - 1))).toMatch(/^image-refused: .*multiple of 512/);
  });
  test('a raw disk whose GUID partition table tells of more', async () => {
    const image = rawDisk(MiB);
    image.write('EFI PART', 512);
    image.writeBigUInt64LE(2047n, 512 + 32);
    expect(await inspect(image)).toMatchObject({ format: 'raw' });
    image.writeBigUInt64LE(2048n, 512 + 32);
    expect(await refusal(image)).toMatch(/^image-refused: .*cut short/);
  });
  test('nothing at all', async () => {
    expect(await refusal(Buffer.alloc(0))).toMatch(/^image-refused/);
  });
});

describe('whatever comes', () => {
  /** Bytes that matter: headers, tables, descriptors. */
  const places = fc.oneof(
    fc.nat(160),
    fc.nat(4096),
    fc.integer({ min: 65_536, max: 65_700 }),
    fc.integer({ min: 196_608, max: 196_700 }),
  );
  const bytes = fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 8 }),
    fc.constantFrom(...[0, 255].map((byte) => new Uint8Array(8).fill(byte))),
  );
  const bases = fc.constantFrom(
    ...[qcow2Image(), qcow2Image({ version: 2 }), isoImage({ bootable: true, sectors: 200 }), rawDisk(262_144)],
  );
  const mutants = fc
    .tuple(bases, fc.array(fc.tuple(places, bytes), { maxLength: 4 }), fc.option(fc.nat(330_000)))
    .map(([base, changes, cut]) => {
      const image = Buffer.from(base);
      for (const [offset, change] of changes) {
        if (offset < image.length) image.set(change.subarray(0, image.length - offset), offset);
      }
      return cut === null ? image : image.subarray(0, cut);
    });

  test('the answer is a verdict, and what passes names no other file', async () => {
    await fc.assert(
      fc.asyncProperty(mutants, fc.constantFrom<ImageKind>('disk', 'iso'), async (image, kind) => {
        const verdict = await inspect(image, kind).catch((error: unknown) => error);
        if (verdict instanceof Error) {
          expect(verdict).toBeInstanceOf(PlatformError);
          return;
        }
        const { format, virtualSizeBytes } = verdict as Inspection;
        expect(virtualSizeBytes).toBeGreaterThan(0);
        const looksLikeQcow2 = image.toString('latin1', 0, 4) === 'QFI\xfb';
        expect(looksLikeQcow2).toBe(format === 'qcow2');
        if (!looksLikeQcow2) return;
        expect(image.subarray(8, 20).every((byte) => byte === 0)).toBe(true);
        expect(image.readUInt32BE(4) === 3 ? image.readUInt8(79) & 0b100 : 0).toBe(0);
        expect(image.includes('DATA')).toBe(false);
      }),
      { numRuns: 5000 },
    );
  }, 60_000);
});
