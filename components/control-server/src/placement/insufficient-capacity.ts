/** The answer when no node of a pool can take an instance: what each of them lacks. */
import { type PlacementCandidate, say } from '@zhiyun/contracts';
import { fieldError, PlatformError } from '@zhiyun/kernel';

/** A large pool has thousands of nodes; people read a handful, programs get some more in `errors`. */
const toldInDetail = 5;
const toldInErrors = 50;

export function insufficientCapacity(poolName: string, candidates: readonly PlacementCandidate[]): PlatformError {
  const reasons = candidates.flatMap(({ node, reason, sentence }) =>
    reason === null ? [] : say('placement.node-reason', { node: node.name, reason: sentence ?? reason }),
  );
  if (reasons.length === 0)
    return new PlatformError('insufficient-capacity', say('placement.no-node', { pool: poolName }));
  const told = reasons.slice(0, toldInDetail);
  if (reasons.length > told.length) told.push(say('placement.more-nodes', { count: reasons.length - told.length }));
  return new PlatformError('insufficient-capacity', say('placement.none-fits', { pool: poolName, reasons: told }), {
    errors: reasons.slice(0, toldInErrors).map((reason) => fieldError('computePool', reason)),
  });
}
