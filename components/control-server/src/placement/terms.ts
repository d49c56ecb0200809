/**
 * The words of placement. Choosing a node is a pure function of a snapshot, a request and a policy, so that it runs the
 * same in the server, in a test and in a simulator.
 */
import type { ComputePoolId, NodeId, NodeLoad, NodeState, Sentence } from '@zhiyun/contracts';

/** Before overcommit: what a node may give, and what of it (times the pool's overcommit) is promised already. */
export interface Stock {
  readonly total: number;
  readonly promised: number;
}

export interface PlacementNode {
  readonly id: NodeId;
  readonly name: string;
  readonly computePoolId: ComputePoolId | null;
  readonly state: NodeState;
  readonly schedulable: boolean;
  readonly cores: Stock;
  readonly memoryBytes: Stock;
  readonly diskBytes: Stock;
  /** Real load as last heard of; null: nothing heard lately. */
  readonly load: NodeLoad | null;
}

export interface PlacementRequest {
  readonly computePoolId: ComputePoolId;
  readonly cores: number;
  readonly memoryBytes: number;
  /** Sum over all disks. */
  readonly diskBytes: number;
}

export interface PlacementPolicy {
  readonly cpuOvercommit: number;
  readonly diskOvercommit: number;
}

/** Why the node cannot take it, without the node's name («1.2 GiB of memory short»); undefined: it can. */
export type Filter = (node: PlacementNode, request: PlacementRequest, policy: PlacementPolicy) => Sentence | undefined;

/** How well the node suits, 0 (worst) to 1 (best). */
export type Scorer = (node: PlacementNode, request: PlacementRequest, policy: PlacementPolicy) => number;

/** What a scorer of real load answers when nothing was heard of the node lately: neither good nor bad. */
export const unknownLoadScore = 0.5;

export function clampShare(share: number): number {
  return Math.min(1, Math.max(0, share));
}
