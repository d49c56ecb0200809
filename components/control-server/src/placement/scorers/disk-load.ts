import { MiB } from '@zhiyun/contracts';
import { clampShare, type Scorer, unknownLoadScore } from '../terms.ts';

/** Where a node that moves this much scores half: nobody knows how fast its disks could be. */
const halfwayBytesPerSecond = 100 * MiB;

/** Half for the space that is free, half for the traffic that is not there. */
export const diskLoad: Scorer = (node) => {
  if (!node.load) return unknownLoadScore;
  const free = 1 - clampShare(node.load.diskUsedBytes / Math.max(1, node.diskBytes.total));
  const traffic = node.load.diskReadBytesPerSecond + node.load.diskWriteBytesPerSecond;
  return (free + halfwayBytesPerSecond / (halfwayBytesPerSecond + Math.max(0, traffic))) / 2;
};
