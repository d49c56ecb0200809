/** Data ranges of a sparse file, by `qemu-img map` (Node has no SEEK_DATA). */
import type { FileHandle } from 'node:fs/promises';
import { MiB } from '@zhiyun/contracts';
import type { DataRange } from '@zhiyun/service';
import { z } from 'zod';
import { imagePath, runJailed } from './qemu-img.ts';

/** Smaller holes are read as quickly as looked up. */
const worthBytes = 64 * MiB;

/** A hundred thousand ranges. */
const maxMapCharacters = 16 * MiB;

const mapSchema = z.array(z.object({ start: z.int().min(0), length: z.int().min(0), data: z.boolean() }));

/** Undefined: few holes, or unknown. */
export async function dataRanges(file: FileHandle, signal: AbortSignal): Promise<DataRange[] | undefined> {
  const { size, blocks } = await file.stat();
  if (size - blocks * 512 < worthBytes) return undefined;
  const ran = await runJailed(['map', '--output=json', '-f', 'raw', imagePath], file, signal, maxMapCharacters);
  const map = ran.code === 0 ? mapSchema.safeParse(parsed(ran.output)) : undefined;
  return map?.data?.filter(({ data }) => data).map(({ start, length }) => ({ start, end: start + length }));
}

/** Undefined for output cut off at the limit. */
function parsed(output: string): unknown {
  try {
    return JSON.parse(output);
  } catch {
    return undefined;
  }
}
