/** Small images for tests, made byte by byte, so that each field can be made wrong. */

const clusterBytes = 65_536;

export interface Qcow2Fields {
  version?: 2 | 3;
  backingFile?: string;
  clusterBits?: number;
  virtualSize?: bigint;
  encryption?: number;
  l1Entries?: number;
  l1Offset?: bigint;
  l1?: readonly bigint[];
  refcountTableOffset?: bigint;
  refcountTableClusters?: number;
  snapshots?: number;
  incompatible?: bigint;
  autoclear?: bigint;
  refcountOrder?: number;
  headerBytes?: number;
  compressionType?: number;
  extensions?: readonly { type: number; content: string; claimedBytes?: number }[];
  fileBytes?: number;
}

/** A sound, empty image of 64 MiB, but for the given fields. Clusters: header, refcount table, refcount block, L1, L2. */
export function qcow2Image(fields: Qcow2Fields = {}): Buffer {
  const version = fields.version ?? 3;
  const image = Buffer.alloc(fields.fileBytes ?? 5 * clusterBytes);
  const header = Buffer.alloc(clusterBytes);
  header.write('QFI\xfb', 0, 'latin1');
  header.writeUInt32BE(version, 4);
  header.writeUInt32BE(fields.clusterBits ?? 16, 20);
  header.writeBigUInt64BE(fields.virtualSize ?? 64n << 20n, 24);
  header.writeUInt32BE(fields.encryption ?? 0, 32);
  header.writeUInt32BE(fields.l1Entries ?? 1, 36);
  header.writeBigUInt64BE(fields.l1Offset ?? BigInt(3 * clusterBytes), 40);
  header.writeBigUInt64BE(fields.refcountTableOffset ?? BigInt(clusterBytes), 48);
  header.writeUInt32BE(fields.refcountTableClusters ?? 1, 56);
  header.writeUInt32BE(fields.snapshots ?? 0, 60);
  let end = 72;
  if (version === 3) {
    header.writeBigUInt64BE(fields.incompatible ?? 0n, 72);
    header.writeBigUInt64BE(fields.autoclear ?? 0n, 88);
    header.writeUInt32BE(fields.refcountOrder ?? 4, 96);
    header.writeUInt32BE(fields.headerBytes ?? 112, 100);
    header.writeUInt8(fields.compressionType ?? 0, 104);
    end = fields.headerBytes ?? 112;
  }
  for (const { type, content, claimedBytes } of fields.extensions ?? []) {
    header.writeUInt32BE(type, end);
    header.writeUInt32BE(claimedBytes ?? content.length, end + 4);
    header.write(content, end + 8, 'latin1');
    end += 8 + Math.ceil(content.length / 8) * 8;
  }
  if (fields.backingFile !== undefined) {
    header.writeBigUInt64BE(1024n, 8);
    header.writeUInt32BE(fields.backingFile.length, 16);
    header.write(fields.backingFile, 1024, 'latin1');
  }
  header.copy(image);
  writeEntries(image, clusterBytes, [BigInt(2 * clusterBytes)]);
  for (let cluster = 0; cluster < 5; cluster++) writeUInt16(image, 2 * clusterBytes + 2 * cluster, 1);
  writeEntries(image, 3 * clusterBytes, fields.l1 ?? [(1n << 63n) | BigInt(4 * clusterBytes)]);
  return image;
}

function writeEntries(image: Buffer, offset: number, entries: readonly bigint[]): void {
  for (const [index, entry] of entries.entries()) {
    if (offset + 8 * index + 8 <= image.length) image.writeBigUInt64BE(entry, offset + 8 * index);
  }
}
function writeUInt16(image: Buffer, offset: number, value: number): void {
  if (offset + 2 <= image.length) image.writeUInt16BE(value, offset);
}

/** A disc of 40 sectors with nothing on it; `bootable`: it also begins like a disk (a hybrid ISO). */
export function isoImage(options: { sectors?: number; claimedSectors?: number; bootable?: boolean } = {}): Buffer {
  const { sectors = 40, claimedSectors = sectors, bootable = false } = options;
  const image = Buffer.alloc(sectors * 2048);
  if (bootable) rawDisk(512).copy(image);
  const descriptor = image.subarray(16 * 2048, 17 * 2048);
  descriptor.write('\x01CD001\x01', 'latin1');
  descriptor.writeUInt32LE(claimedSectors, 80);
  descriptor.writeUInt32BE(claimedSectors, 84);
  descriptor.writeUInt16LE(2048, 128);
  descriptor.writeUInt16BE(2048, 130);
  image.write('\xffCD001\x01', 17 * 2048, 'latin1');
  return image;
}

/** Begins with boot code and an empty partition table. */
export function rawDisk(bytes: number): Buffer {
  const image = Buffer.alloc(bytes);
  image.write('\xfa\x31\xc0\x8e\xd8', 'latin1');
  image.writeUInt16LE(0xaa55, 510);
  return image;
}
