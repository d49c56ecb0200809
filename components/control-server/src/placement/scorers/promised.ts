/** Scorers of what is already promised: real load lags behind a burst of new instances, promises do not. */
import { clampShare, type Scorer } from '../terms.ts';

function freeShare(promised: number, asked: number, limit: number): number {
  return 1 - clampShare((promised + asked) / Math.max(1, limit));
}

export const promisedCores: Scorer = (node, request, policy) =>
  freeShare(node.cores.promised, request.cores, node.cores.total * policy.cpuOvercommit);

export const promisedMemory: Scorer = (node, request) =>
  freeShare(node.memoryBytes.promised, request.memoryBytes, node.memoryBytes.total);

export const promisedDisk: Scorer = (node, request, policy) =>
  freeShare(node.diskBytes.promised, request.diskBytes, node.diskBytes.total * policy.diskOvercommit);
