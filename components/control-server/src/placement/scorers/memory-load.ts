import { clampShare, type Scorer, unknownLoadScore } from '../terms.ts';

export const memoryLoad: Scorer = (node) =>
  node.load ? 1 - clampShare(node.load.memoryUsedBytes / Math.max(1, node.memoryBytes.total)) : unknownLoadScore;
