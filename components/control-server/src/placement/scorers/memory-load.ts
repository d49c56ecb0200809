import { clampShare, type Scorer, unknownLoadScore } from '../placement.ts';

export const memoryLoad: Scorer = (node) =>
  node.load ? 1 - clampShare(node.load.memoryUsedBytes / Math.max(1, node.memoryBytes.total)) : unknownLoadScore;
