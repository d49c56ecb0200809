import { clampShare, type Scorer, unknownLoadScore } from '../placement.ts';

export const cpuLoad: Scorer = (node) => (node.load ? 1 - clampShare(node.load.cpu) : unknownLoadScore);
