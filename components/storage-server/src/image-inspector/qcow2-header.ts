/** Reads the fixed part of a qcow2 header (QEMU's docs/interop/qcow2.txt) and refuses what cannot be read. */
import { say } from '@zhiyun/contracts';
import { refused } from './refusal.ts';

export const qcow2Magic = Buffer.from('QFI\xfb', 'latin1');
/** Version 3 with every field known today. */
export const qcow2HeaderBytes = 112;
const version2HeaderBytes = 72;
const version3HeaderBytes = 104;

export interface Qcow2Header {
  readonly version: 2 | 3;
  readonly headerBytes: number;
  readonly backingFileOffset: bigint;
  readonly backingFileBytes: number;
  readonly clusterBytes: number;
  readonly virtualSizeBytes: number;
  readonly encryption: number;
  readonly l1Entries: number;
  readonly l1Offset: bigint;
  readonly refcountTableOffset: bigint;
  readonly refcountTableClusters: number;
  readonly snapshots: number;
  readonly dirty: boolean;
  readonly corrupt: boolean;
  readonly externalDataFile: boolean;
  readonly extendedL2: boolean;
  /** Incompatible feature bits without a name here. */
  readonly unknownFeatures: bigint;
  readonly compressionType: number;
}

const feature = { dirty: 1n, corrupt: 2n, externalDataFile: 4n, compressionType: 8n, extendedL2: 16n };
const knownFeatures = Object.values(feature).reduce((all, bit) => all | bit);
/** Autoclear bit: the external data file may be read as raw. */
const rawExternalData = 2n;

export function parseQcow2Header(bytes: Buffer): Qcow2Header {
  if (bytes.length < version2HeaderBytes) throw tooShort();
  const version = bytes.readUInt32BE(4);
  if (version !== 2 && version !== 3) throw refused(say('refusal.unknown-version', { version }));
  if (version === 3 && bytes.length < version3HeaderBytes) throw tooShort();

  const clusterBits = bytes.readUInt32BE(20);
  if (clusterBits < 9 || clusterBits > 21) throw impossible('cluster size');
  const clusterBytes = 2 ** clusterBits;
  const headerBytes = version === 3 ? bytes.readUInt32BE(100) : version2HeaderBytes;
  if (version === 3 && (headerBytes < version3HeaderBytes || headerBytes % 8 !== 0 || headerBytes > clusterBytes)) {
    throw impossible('header length');
  }
  if (version === 3 && bytes.readUInt32BE(96) > 6) throw impossible('refcount width');

  const features = version === 3 ? bytes.readBigUInt64BE(72) : 0n;
  const autoclear = version === 3 ? bytes.readBigUInt64BE(88) : 0n;
  const has = (bit: bigint) => (features & bit) !== 0n;
  if (has(feature.extendedL2) && clusterBits < 14) throw impossible('cluster size');
  const hasCompressionField = has(feature.compressionType);
  if (hasCompressionField && (headerBytes < qcow2HeaderBytes || bytes.length < qcow2HeaderBytes)) {
    throw impossible('header length');
  }
  return {
    version,
    headerBytes,
    backingFileOffset: bytes.readBigUInt64BE(8),
    backingFileBytes: bytes.readUInt32BE(16),
    clusterBytes,
    virtualSizeBytes: Number(bytes.readBigUInt64BE(24)),
    encryption: bytes.readUInt32BE(32),
    l1Entries: bytes.readUInt32BE(36),
    l1Offset: bytes.readBigUInt64BE(40),
    refcountTableOffset: bytes.readBigUInt64BE(48),
    refcountTableClusters: bytes.readUInt32BE(56),
    snapshots: bytes.readUInt32BE(60),
    dirty: has(feature.dirty),
    corrupt: has(feature.corrupt),
    externalDataFile: has(feature.externalDataFile) || (autoclear & rawExternalData) !== 0n,
    extendedL2: has(feature.extendedL2),
    unknownFeatures: features & ~knownFeatures,
    compressionType: hasCompressionField ? bytes.readUInt8(104) : 0,
  };
}

function tooShort() {
  return refused(say('refusal.header-cut-short'), say('cure.upload-whole'));
}
function impossible(what: string) {
  return refused(say('refusal.impossible', { what }), say('cure.make-again'));
}
