/**
 * Decides whether a qcow2 image (versions 2 and 3) stands alone and is sound in all that is read when it is opened. What lies
 * deeper, the L2 tables and refcount blocks, is `qemu-img check`'s to judge: from here on it is known not to reach for other files.
 */
import { MiB, maxDiskBytes, TiB } from '@zhiyun/contracts';
import type { BoundedReader } from './bounded-reader.ts';
import { refuseDangerousExtensions } from './qcow2-extensions.ts';
import { parseQcow2Header, type Qcow2Header, qcow2HeaderBytes } from './qcow2-header.ts';
import { refused } from './refusal.ts';

const damaged = 'Check it with: qemu-img check -f qcow2 -r all <image>';
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
    throw refused('it is only the changes to another file (it has a backing file), and is not a disk without it');
  }
  if (header.externalDataFile) throw refused('it keeps its data in another file (an external data file)');
  if (header.encryption !== 0) throw refused('it is encrypted');
  if (header.snapshots !== 0) {
    throw refused(`it holds ${header.snapshots} internal snapshots, and their content would be handed on with it`);
  }
}

function refuseFeatures(header: Qcow2Header): void {
  if (header.corrupt) throw refused('it is marked as damaged', damaged);
  if (header.dirty) throw refused('it was not closed properly, or is still in use', damaged);
  if (header.unknownFeatures !== 0n) {
    throw refused(`it uses features unknown here (incompatible feature bits 0x${header.unknownFeatures.toString(16)})`);
  }
  if (header.compressionType > 1) throw refused(`its compression type ${header.compressionType} is unknown`);
}

function refuseGeometry(header: Qcow2Header, fileBytes: number): void {
  const { clusterBytes, virtualSizeBytes } = header;
  if (virtualSizeBytes === 0) throw refused('its disk has no size');
  if (virtualSizeBytes > maxDiskBytes) {
    throw refused(`its disk is larger than the largest possible here (${maxDiskBytes / TiB} TiB)`);
  }
  const bytesPerL2Entry = header.extendedL2 ? 16 : 8;
  const bytesPerL1Entry = (clusterBytes / bytesPerL2Entry) * clusterBytes;
  if (header.l1Entries < Math.ceil(virtualSizeBytes / bytesPerL1Entry)) {
    throw refused('its L1 table is too small for its disk', damaged);
  }
  if (header.refcountTableClusters === 0) throw refused('it has no refcount table', damaged);
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
    if (bytes > max) throw refused(`its ${what} is larger than any real image's`);
    if (offset % BigInt(clusterBytes) !== 0n || offset < BigInt(clusterBytes)) {
      throw refused(`its ${what} lies where none can be`, damaged);
    }
    if (offset + BigInt(bytes) > BigInt(fileBytes)) {
      throw refused(`it is cut short: its ${what} lies beyond the end of the file`, 'Upload it again, whole.');
    }
  }
  const [a, b] = tables.toSorted((left, right) => (left.offset < right.offset ? -1 : 1));
  if (a && b && a.offset + BigInt(a.bytes) > b.offset) throw refused('its tables overlap', damaged);
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
        throw refused(`its ${what} holds an impossible entry`, damaged);
      }
      if (target >= BigInt(reader.sizeBytes)) {
        throw refused(`it is cut short: its ${what} points beyond the end of the file`, 'Upload it again, whole.');
      }
    }
  }
}
