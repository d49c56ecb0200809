import { clampShare, type Scorer, unknownLoadScore } from '../terms.ts';

export const cpuLoad: Scorer = (node) => (node.load ? 1 - clampShare(node.load.cpu) : unknownLoadScore);
