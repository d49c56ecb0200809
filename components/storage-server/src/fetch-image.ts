/** The bytes of an image from the Storage Server that offers it, straight into a file here, without the holes. */
import { open, rm } from 'node:fs/promises';
import type { Duplex } from 'node:stream';
import { type ComponentId, say } from '@zhiyun/contracts';
import { type LinkEndpoint, storageServerLink } from '@zhiyun/contracts/links';
import { PlatformError } from '@zhiyun/kernel';
import type { Member, Met } from '@zhiyun/link';
import { readSparseStream, SparseWriter } from '@zhiyun/service';
import type { Watch } from './check-file.ts';
import { explainFullDisk, requireSpace } from './disk-space.ts';
import { otherSize } from './receive-file.ts';

export interface Offer {
  from: { id: ComponentId; name: string; endpoint: LinkEndpoint };
  ticket: string;
}

/**
 * Throws `storage-unreachable` when that one cannot be reached from here, `disk-full` in `directory`, `checksum-mismatch` when the bytes are
 * more or fewer; then no file is left.
 */
export async function fetchOffered(
  member: Pick<Member, 'meet'>,
  { from, ticket }: Offer,
  { sizeBytes, path, directory }: { sizeBytes: number; path: string; directory: string },
  watch: Watch,
): Promise<void> {
  await requireSpace(directory, sizeBytes);
  await using other: Met = await member.meet(from, watch.signal).catch((error: unknown) => {
    watch.signal.throwIfAborted();
    const reason = error instanceof Error ? error.message : String(error);
    throw new PlatformError('storage-unreachable', say('image.other-storage-away', { name: from.name, reason }), {
      cause: error,
    });
  });
  const pieces = await other.as(storageServerLink).readOffered({ ticket }, { signal: watch.signal });
  pieces.end(); // We have nothing to say.
  await rm(path, { force: true });
  try {
    await writePieces(pieces, sizeBytes, path, watch);
  } catch (error) {
    pieces.destroy();
    await rm(path, { force: true });
    throw await explainFullDisk(error, directory, sizeBytes);
  }
}

async function writePieces(pieces: Duplex, sizeBytes: number, path: string, { progress }: Watch): Promise<void> {
  await using file = await open(path, 'wx', 0o600);
  const writer = new SparseWriter(file);
  const checked = (end: number) => {
    if (end > sizeBytes) throw otherSize(`more than ${sizeBytes}`, sizeBytes);
  };
  const size = await readSparseStream(pieces, {
    get end() {
      return writer.end;
    },
    async write(piece) {
      checked(writer.end + piece.length);
      await writer.write(piece);
      progress(writer.end / sizeBytes);
    },
    async skipTo(position) {
      checked(position);
      await writer.skipTo(position);
    },
  });
  if (size !== undefined) {
    checked(size);
    await writer.skipTo(size);
  }
  const end = await writer.flush();
  if (end < sizeBytes) throw otherSize(`${end}`, sizeBytes);
}
