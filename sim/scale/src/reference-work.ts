/**
 * How fast this machine is now: a virtual one may be half as fast a minute later. Figures of two runs can only be compared with this
 * beside them.
 */
import { createHash } from 'node:crypto';

const tries = 3;

/** Milliseconds of our time (not of a slowed world) that some hashing and making of objects takes; the best of a few tries. */
export function referenceMs(): number {
  return Math.min(...Array.from({ length: tries }, () => timed(work)));
}

function timed(task: () => void): number {
  const began = process.hrtime.bigint();
  task();
  return Number(process.hrtime.bigint() - began) / 1e6;
}

function work(): void {
  const made = new Map<string, object>();
  for (let index = 0; index < 200_000; index++) made.set(`key-${index % 5_000}`, { index, text: `value-${index}` });
  for (let index = 0; index < 20_000; index++) createHash('sha256').update(`value-${index}`).digest('hex');
}
