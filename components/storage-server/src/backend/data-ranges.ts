/** Where a sparse file has data (the system's SEEK_DATA, which Node does not offer, by `qemu-img map`). */
import type { FileHandle } from 'node:fs/promises';
import { MiB } from '@zhiyun/contracts';
import type { DataRange } from '@zhiyun/service';
import { z } from 'zod';
import { imagePath, runJailed } from './qemu-img.ts';

/** Holes that are worth asking for: less is read as quickly. */
const worthBytes = 64 * MiB;

/** A hundred thousand ranges. */
const maxMapCharacters = 16 * MiB;

const mapSchema = z.array(z.object({ start: z.int().min(0), length: z.int().min(0), data: z.boolean() }));

/** Undefined: it has few holes, or nobody can tell. */
export async function dataRanges(file: FileHandle, signal: AbortSignal): Promise<DataRange[] | undefined> {
  const { size, blocks } = await file.stat();
  if (size - blocks * 512 < worthBytes) return undefined;
  const ran = await runJailed(['map', '--output=json', '-f', 'raw', imagePath], file, signal, maxMapCharacters);
  const map = ran.code === 0 ? mapSchema.safeParse(parsed(ran.output)) : undefined;
  return map?.data?.filter(({ data }) => data).map(({ start, length }) => ({ start, end: start + length }));
}

/** Not whole, of a file of very many pieces: as good as nothing. */
function parsed(output: string): unknown {
  try {
    return JSON.parse(output);
  } catch {
    return undefined;
  }
}
