/** How the process collects its garbage. */
import { setFlagsFromString } from 'node:v8';

/**
 * A connection with TLS counts as 47 KiB of memory outside the heap, and V8 goes through the whole heap whenever 64 MiB of such have come:
 * while thousands connect, two dozen times within seconds, which took a fifth of the processor time. Counted together with the
 * heap it only does so when the two have grown by a good part. Call it first of all; threads made later follow.
 */
export function countExternalMemoryWithHeap(): void {
  setFlagsFromString('--external-memory-accounted-in-global-limit');
}
