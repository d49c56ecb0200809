/**
 * Decides what an untrusted image is, from its bytes alone and before any other program sees the file. Only qcow2 that stands
 * alone, raw disks and ISO 9660 discs pass; what passes is from then on always opened with its format named.
 * Reads at most 48 MiB, at most 64 KiB at a time.
 */
import { type ImageFormat, type ImageKind, say } from '@zhiyun/contracts';
import { BoundedReader, type ReadAt } from './bounded-reader.ts';
import { refuseForeignFormats } from './foreign-formats.ts';
import { inspectIso9660, isIso9660 } from './iso9660.ts';
import { inspectQcow2 } from './qcow2.ts';
import { qcow2Magic } from './qcow2-header.ts';
import { hasBootSector, inspectRawDisk } from './raw-disk.ts';
import { wrongKind } from './refusal.ts';

export interface Inspection {
  readonly format: ImageFormat;
  /** Size of the disk or disc a guest sees. */
  readonly virtualSizeBytes: number;
}

/** Throws `image-refused` with reason and cure, or `image-wrong-kind` with what it is instead. */
export async function inspectImage(readAt: ReadAt, sizeBytes: number, kind: ImageKind): Promise<Inspection> {
  const reader = new BoundedReader(readAt, sizeBytes);
  await refuseForeignFormats(reader);
  if ((await reader.readSome(0, 4)).equals(qcow2Magic)) {
    const virtualSizeBytes = await inspectQcow2(reader);
    if (kind === 'iso') throw wrongKind(say('refusal.found-qcow2'), kind);
    return { format: 'qcow2', virtualSizeBytes };
  }
  if (await isIso9660(reader)) {
    await inspectIso9660(reader);
    if (kind === 'iso') return { format: 'iso9660', virtualSizeBytes: sizeBytes };
    // Made for USB sticks as well, it is what its owner says it is.
    if (!(await hasBootSector(reader))) throw wrongKind(say('refusal.kind-iso'), kind);
  }
  await inspectRawDisk(reader);
  if (kind === 'iso') throw wrongKind(say('refusal.found-no-iso'), kind);
  return { format: 'raw', virtualSizeBytes: sizeBytes };
}
