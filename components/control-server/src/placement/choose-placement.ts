/**
 * Chooses the node for a new instance: every filter must let it pass, then the highest weighted mean of the scorers wins
 * (ties: the smaller id). The answer does not depend on the order of the snapshot.
 */

import type { PlacementCandidate, Sentence } from '@zhiyun/contracts';
import { englishOf } from '@zhiyun/kernel';
import { cores } from './filters/cores.ts';
import { disk } from './filters/disk.ts';
import { inPool } from './filters/in-pool.ts';
import { memory } from './filters/memory.ts';
import { online } from './filters/online.ts';
import { schedulable } from './filters/schedulable.ts';
import { cpuLoad } from './scorers/cpu-load.ts';
import { diskLoad } from './scorers/disk-load.ts';
import { memoryLoad } from './scorers/memory-load.ts';
import { networkLoad } from './scorers/network-load.ts';
import { promisedCores, promisedDisk, promisedMemory } from './scorers/promised.ts';
import type { Filter, PlacementNode, PlacementPolicy, PlacementRequest, Scorer } from './terms.ts';

/** In the order people should hear of them: a node that is offline is not also «short of memory». */
export const filters: readonly Filter[] = [inPool, online, schedulable, cores, memory, disk];

/** CPU and memory are what guests fight for first; promises weigh as much as what is measured. */
export const weights: readonly (readonly [Scorer, number])[] = [
  [cpuLoad, 2],
  [memoryLoad, 1.5],
  [diskLoad, 0.5],
  [networkLoad, 0.5],
  [promisedCores, 2],
  [promisedMemory, 1.5],
  [promisedDisk, 0.5],
];
const totalWeight = weights.reduce((sum, [, weight]) => sum + weight, 0);

export interface Placement {
  /** Nodes that can take it, best first. */
  readonly ranked: readonly PlacementNode[];
  /** Ranked first, then those dropped with their reason. */
  readonly candidates: readonly PlacementCandidate[];
}

/** `most`: so many candidates are told, however many there are. */
export function choosePlacement(
  nodes: readonly PlacementNode[],
  request: PlacementRequest,
  policy: PlacementPolicy,
  most = nodes.length,
): Placement {
  const passed: { node: PlacementNode; score: number }[] = [];
  const dropped: { node: PlacementNode; reason: Sentence }[] = [];
  for (const node of nodes) {
    const reason = dropReason(node, request, policy);
    if (reason === undefined) passed.push({ node, score: scoreOf(node, request, policy) });
    else dropped.push({ node, reason });
  }
  passed.sort((a, b) => b.score - a.score || compareText(a.node.id, b.node.id));
  dropped.sort((a, b) => compareText(a.node.name, b.node.name) || compareText(a.node.id, b.node.id));
  const toldDropped = dropped.slice(0, Math.max(0, most - passed.length));
  return {
    ranked: passed.map(({ node }) => node),
    candidates: [
      ...passed.slice(0, most).map(({ node, score }) => ({ node: nameOf(node), score, reason: null })),
      ...toldDropped.map(({ node, reason }) => ({ node: nameOf(node), ...droppedFor(reason) })),
    ],
  };
}

function dropReason(node: PlacementNode, request: PlacementRequest, policy: PlacementPolicy): Sentence | undefined {
  for (const filter of filters) {
    const reason = filter(node, request, policy);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

/** 0 to 1, in steps of 0.0001: finer differences are noise. */
function scoreOf(node: PlacementNode, request: PlacementRequest, policy: PlacementPolicy): number {
  let sum = 0;
  for (const [scorer, weight] of weights) sum += weight * scorer(node, request, policy);
  return Math.round((sum / totalWeight) * 10_000) / 10_000;
}

export function droppedFor(sentence: Sentence): Pick<PlacementCandidate, 'score' | 'reason' | 'sentence'> {
  return { score: null, reason: englishOf(sentence), sentence };
}

function nameOf({ id, name }: PlacementNode): PlacementCandidate['node'] {
  return { id, name };
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
