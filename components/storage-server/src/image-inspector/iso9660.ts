/** Finds the volume descriptors of a CD or DVD image (ECMA-119). They begin at sector 16; what is before them is free, so an ISO may also be a disk. */
import { say } from '@zhiyun/contracts';
import type { BoundedReader } from './bounded-reader.ts';
import { refused } from './refusal.ts';

const sectorBytes = 2048;
const firstDescriptor = 16;
/** Real discs have three to five. */
const maxDescriptors = 64;
const primary = 1;
const terminator = 255;

export async function isIso9660(reader: BoundedReader): Promise<boolean> {
  const descriptor = await reader.readSome(firstDescriptor * sectorBytes, sectorBytes);
  return descriptor.subarray(1, 6).equals(Buffer.from('CD001'));
}

/** Refuses a disc without a sound primary descriptor, and one that ends before its volume does. */
export async function inspectIso9660(reader: BoundedReader): Promise<void> {
  for (let index = 0; index < maxDescriptors; index++) {
    const descriptor = await reader.read((firstDescriptor + index) * sectorBytes, sectorBytes, 'volume descriptor');
    if (!descriptor.subarray(1, 6).equals(Buffer.from('CD001'))) break;
    const type = descriptor.readUInt8(0);
    if (type === terminator) break;
    if (type === primary) return inspectPrimary(descriptor, reader.sizeBytes);
  }
  throw refused(say('refusal.iso-no-volume'), say('cure.iso-damaged'));
}

/** Numbers are kept twice, little and big end first; a real disc has both alike. */
function inspectPrimary(descriptor: Buffer, fileBytes: number): void {
  const blocks = descriptor.readUInt32LE(80);
  const blockBytes = descriptor.readUInt16LE(128);
  const consistent = blocks === descriptor.readUInt32BE(84) && blockBytes === descriptor.readUInt16BE(130);
  if (!consistent || blocks === 0 || ![512, 1024, 2048].includes(blockBytes)) {
    throw refused(say('refusal.iso-volume-damaged'), say('cure.iso-again'));
  }
  if (blocks * blockBytes > fileBytes) {
    throw refused(
      say('refusal.iso-cut-short', { disc: blocks * blockBytes, file: fileBytes }),
      say('cure.upload-whole'),
    );
  }
}
