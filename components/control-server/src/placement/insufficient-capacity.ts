/** The answer when no node of a pool can take an instance: what each of them lacks. */
import type { PlacementCandidate } from '@zhiyun/contracts';
import { PlatformError } from '@zhiyun/kernel';

/** A large pool has thousands of nodes; people read a handful, programs get some more in `errors`. */
const toldInDetail = 5;
const toldInErrors = 50;

export function insufficientCapacity(poolName: string, candidates: readonly PlacementCandidate[]): PlatformError {
  const reasons = candidates
    .filter((candidate) => candidate.reason !== null)
    .map((candidate) => `${candidate.node.name}: ${candidate.reason}`);
  const told = reasons.slice(0, toldInDetail).join('; ');
  const more = reasons.length > toldInDetail ? `; and ${reasons.length - toldInDetail} more nodes` : '';
  const detail =
    reasons.length === 0
      ? `The pool «${poolName}» has no node. Add a node to it or choose another pool.`
      : `No node of the pool «${poolName}» can hold it: ${told}${more}. Ask for less, free some, or add a node.`;
  return new PlatformError('insufficient-capacity', detail, {
    errors: reasons.slice(0, toldInErrors).map((message) => ({ path: 'computePool', message })),
  });
}
