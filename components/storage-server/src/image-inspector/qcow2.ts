/**
 * Decides whether a qcow2 image (versions 2 and 3) stands alone and is sound in all that is read when it is opened. What lies
 * deeper, the L2 tables and refcount blocks, is `qemu-img check`'s to judge: from here on it is known not to reach for other files.
 */
import { MiB, maxDiskBytes, say } from '@zhiyun/contracts';
import type { BoundedReader } from './bounded-reader.ts';
import { refuseDangerousExtensions } from './qcow2-extensions.ts';
import { parseQcow2Header, type Qcow2Header, qcow2HeaderBytes } from './qcow2-header.ts';
import { refused } from './refusal.ts';

const damaged = say('cure.repair');
/** The largest QEMU opens. */
const maxL1Bytes = 32 * MiB;
const maxRefcountTableBytes = 8 * MiB;

/** Resolves to the size of the disk a guest sees, or refuses. */
export async function inspectQcow2(reader: BoundedReader): Promise<number> {
  const header = parseQcow2Header(await reader.readSome(0, qcow2HeaderBytes));
  refuseOtherFiles(header);
  refuseFeatures(header);
  refuseGeometry(header, reader.sizeBytes);
  await refuseDangerousExtensions(reader, header);
  const l1Bytes = header.l1Entries * 8;
  await refuseWildEntries(reader, header, header.l1Offset, l1Bytes, 'L1 table', 0x00ff_ffff_ffff_fe00n, 1n << 63n);
  const refcountBytes = header.refcountTableClusters * header.clusterBytes;
  await refuseWildEntries(reader, header, header.refcountTableOffset, refcountBytes, 'refcount table', ~0x1ffn, 0n);
  return header.virtualSizeBytes;
}

function refuseOtherFiles(header: Qcow2Header): void {
  if (header.backingFileOffset !== 0n || header.backingFileBytes !== 0) {
    throw refused(say('refusal.backing-file'));
  }
  if (header.externalDataFile) throw refused(say('refusal.external-data'));
  if (header.encryption !== 0) throw refused(say('refusal.encrypted'));
  if (header.snapshots !== 0) {
    throw refused(say('refusal.snapshots', { count: header.snapshots }));
  }
}

function refuseFeatures(header: Qcow2Header): void {
  if (header.corrupt) throw refused(say('refusal.marked-damaged'), damaged);
  if (header.dirty) throw refused(say('refusal.not-closed'), damaged);
  if (header.unknownFeatures !== 0n) {
    throw refused(say('refusal.unknown-features', { bits: `0x${header.unknownFeatures.toString(16)}` }));
  }
  if (header.compressionType > 1) throw refused(say('refusal.unknown-compression', { type: header.compressionType }));
}

function refuseGeometry(header: Qcow2Header, fileBytes: number): void {
  const { clusterBytes, virtualSizeBytes } = header;
  if (virtualSizeBytes === 0) throw refused(say('refusal.no-size'));
  if (virtualSizeBytes > maxDiskBytes) {
    throw refused(say('refusal.disk-too-large', { size: maxDiskBytes }));
  }
  const bytesPerL2Entry = header.extendedL2 ? 16 : 8;
  const bytesPerL1Entry = (clusterBytes / bytesPerL2Entry) * clusterBytes;
  if (header.l1Entries < Math.ceil(virtualSizeBytes / bytesPerL1Entry)) {
    throw refused(say('refusal.l1-too-small'), damaged);
  }
  if (header.refcountTableClusters === 0) throw refused(say('refusal.no-refcounts'), damaged);
  const tables = [
    { what: 'L1 table', offset: header.l1Offset, bytes: header.l1Entries * 8, max: maxL1Bytes },
    {
      what: 'refcount table',
      offset: header.refcountTableOffset,
      bytes: header.refcountTableClusters * clusterBytes,
      max: maxRefcountTableBytes,
    },
  ];
  for (const { what, offset, bytes, max } of tables) {
    if (bytes > max) throw refused(say('refusal.too-large-part', { what }));
    if (offset % BigInt(clusterBytes) !== 0n || offset < BigInt(clusterBytes)) {
      throw refused(say('refusal.misplaced', { what }), damaged);
    }
    if (offset + BigInt(bytes) > BigInt(fileBytes)) {
      throw refused(say('refusal.beyond-end', { what }), say('cure.upload-whole'));
    }
  }
  const [a, b] = tables.toSorted((left, right) => (left.offset < right.offset ? -1 : 1));
  if (a && b && a.offset + BigInt(a.bytes) > b.offset) throw refused(say('refusal.overlap'), damaged);
}

/** Every entry must point at a whole cluster inside the file (its first byte at least: the last cluster may be short), with no reserved bit set. */
async function refuseWildEntries(
  reader: BoundedReader,
  { clusterBytes }: Qcow2Header,
  offset: bigint,
  bytes: number,
  what: string,
  offsetMask: bigint,
  flagMask: bigint,
): Promise<void> {
  const mask = BigInt.asUintN(64, offsetMask);
  const reserved = BigInt.asUintN(64, ~(mask | flagMask));
  for await (const part of reader.readTable(Number(offset), bytes, what)) {
    for (let at = 0; at < part.length; at += 8) {
      if (part.readUInt32BE(at) === 0 && part.readUInt32BE(at + 4) === 0) continue;
      const entry = part.readBigUInt64BE(at);
      const target = entry & mask;
      if ((entry & reserved) !== 0n || target % BigInt(clusterBytes) !== 0n) {
        throw refused(say('refusal.impossible-entry', { what }), damaged);
      }
      if (target >= BigInt(reader.sizeBytes)) {
        throw refused(say('refusal.points-beyond', { what }), say('cure.upload-whole'));
      }
    }
  }
}
