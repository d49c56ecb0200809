import { MiB } from '@zhiyun/contracts';
import { type Scorer, unknownLoadScore } from '../terms.ts';

/** Where a node that moves this much scores half: about a full gigabit link. */
const halfwayBytesPerSecond = 120 * MiB;

export const networkLoad: Scorer = (node) => {
  if (!node.load) return unknownLoadScore;
  const traffic = node.load.networkReceiveBytesPerSecond + node.load.networkTransmitBytesPerSecond;
  return halfwayBytesPerSecond / (halfwayBytesPerSecond + Math.max(0, traffic));
};
