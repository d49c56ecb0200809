/** A raw image is bytes and says nothing of itself; only its end can be checked, where it has a GUID partition table. */
import { say } from '@zhiyun/contracts';
import type { BoundedReader } from './bounded-reader.ts';
import { refused } from './refusal.ts';

const sectorBytes = 512;

export async function hasBootSector(reader: BoundedReader): Promise<boolean> {
  return (await reader.readSome(sectorBytes - 2, 2)).equals(Buffer.from([0x55, 0xaa]));
}

export async function inspectRawDisk(reader: BoundedReader): Promise<void> {
  if (reader.sizeBytes === 0) throw refused(say('refusal.empty'), say('cure.choose-disk'));
  if (reader.sizeBytes % sectorBytes !== 0) {
    throw refused(say('refusal.no-sectors', { bytes: reader.sizeBytes }), say('cure.upload-as'));
  }
  const table = await reader.readSome(sectorBytes, sectorBytes);
  if (table.length < sectorBytes || !table.subarray(0, 8).equals(Buffer.from('EFI PART'))) return;
  const lastSector = table.readBigUInt64LE(32);
  if ((lastSector + 1n) * BigInt(sectorBytes) > BigInt(reader.sizeBytes)) {
    throw refused(say('refusal.partition-beyond'), say('cure.upload-whole'));
  }
}
