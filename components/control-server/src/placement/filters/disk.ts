import { GiB, say } from '@zhiyun/contracts';
import type { Filter } from '../terms.ts';

/** Thin disks promise more than there is; what is really left must still be enough to make and start one. */
const minFreeBytes = GiB;

export const disk: Filter = (node, request, policy) => {
  const limit = Math.floor(node.diskBytes.total * policy.diskOvercommit);
  const short = node.diskBytes.promised + request.diskBytes - limit;
  if (short > 0) return say('placement.disk-short', { short });
  const free = node.load ? node.diskBytes.total - node.load.diskUsedBytes : Number.POSITIVE_INFINITY;
  return free < minFreeBytes ? say('placement.disk-left', { free: Math.max(0, free) }) : undefined;
};
