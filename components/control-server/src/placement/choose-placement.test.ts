import { type ComputePoolId, GiB, MiB, type NodeId } from '@zhiyun/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { choosePlacement, filters } from './choose-placement.ts';
import { insufficientCapacity } from './insufficient-capacity.ts';
import type { PlacementNode, PlacementRequest } from './terms.ts';

const pool = '00000000-0000-7000-8000-00000000000a' as ComputePoolId;
const otherPool = '00000000-0000-7000-8000-00000000000b' as ComputePoolId;
const policy = { cpuOvercommit: 2, diskOvercommit: 4 };
const request: PlacementRequest = { computePoolId: pool, cores: 2, memoryBytes: 2 * GiB, diskBytes: 10 * GiB };

function node(number: number, change: Partial<PlacementNode> = {}): PlacementNode {
  return {
    id: `00000000-0000-7000-8000-${String(number).padStart(12, '0')}` as NodeId,
    name: `node-${number}`,
    computePoolId: pool,
    state: 'online',
    schedulable: true,
    cores: { total: 8, promised: 0 },
    memoryBytes: { total: 16 * GiB, promised: 0 },
    diskBytes: { total: 100 * GiB, promised: 0 },
    load: null,
    ...change,
  };
}

const load = {
  at: '2026-01-01T00:00:00.000Z',
  cpu: 0,
  memoryUsedBytes: 0,
  diskUsedBytes: 0,
  diskReadBytesPerSecond: 0,
  diskWriteBytesPerSecond: 0,
  networkReceiveBytesPerSecond: 0,
  networkTransmitBytesPerSecond: 0,
};

function reasonFor(change: Partial<PlacementNode>): string | null | undefined {
  return choosePlacement([node(2, change)], request, policy).candidates[0]?.reason;
}

describe('why a node is dropped', () => {
  it.each<[string, Partial<PlacementNode>, string]>([
    ['another pool', { computePoolId: otherPool }, 'belongs to another pool'],
    ['no pool', { computePoolId: null }, 'belongs to another pool'],
    ['offline', { state: 'offline' }, 'is offline'],
    ['paused', { schedulable: false }, 'takes no new instances'],
    ['cores', { cores: { total: 8, promised: 15 } }, '1 core short'],
    [
      'memory',
      { memoryBytes: { total: 16 * GiB, promised: 15.2 * GiB - ((15.2 * GiB) % MiB) } },
      '1.2 GiB of memory short',
    ],
    ['promised disk', { diskBytes: { total: 100 * GiB, promised: 392 * GiB } }, '2 GiB of disk short'],
    ['full disk', { load: { ...load, diskUsedBytes: 99.5 * GiB } }, 'only 512 MiB of its disk left'],
  ])('%s', (_, change, reason) => {
    expect(reasonFor(change)).toBe(reason);
  });

  it('is told per node in one sentence, and shortened in a large pool', () => {
    const few = choosePlacement([node(2, { schedulable: false }), node(1, { state: 'offline' })], request, policy);
    const error = insufficientCapacity('default', few.candidates);
    expect(error.code).toBe('insufficient-capacity');
    expect(error.message).toContain('node-1: is offline; node-2: takes no new instances');

    const many = Array.from({ length: 100 }, (_, index) => node(index, { state: 'offline' }));
    const long = insufficientCapacity('default', choosePlacement(many, request, policy).candidates);
    expect(long.message).toContain('and 95 more nodes');
    expect(long.errors).toHaveLength(50);
    expect(insufficientCapacity('empty', []).message).toContain('has no node');
  });
});

describe('which node is best', () => {
  it.each<[string, Partial<PlacementNode>]>([
    ['busy CPU', { load: { ...load, cpu: 0.9 } }],
    ['used memory', { load: { ...load, memoryUsedBytes: 12 * GiB } }],
    ['busy disk', { load: { ...load, diskWriteBytesPerSecond: 500 * MiB } }],
    ['busy network', { load: { ...load, networkReceiveBytesPerSecond: 500 * MiB } }],
    ['promised cores', { load, cores: { total: 8, promised: 8 } }],
    ['promised memory', { load, memoryBytes: { total: 16 * GiB, promised: 8 * GiB } }],
    ['promised disk', { load, diskBytes: { total: 100 * GiB, promised: 200 * GiB } }],
  ])('one without %s', (_, worse) => {
    const { ranked } = choosePlacement([node(1, worse), node(2, { load })], request, policy);
    expect(ranked.map(({ name }) => name)).toEqual(['node-2', 'node-1']);
  });
});

const stock = (max: number) => fc.record({ total: fc.nat(max), promised: fc.nat(max) });
const anyNode = fc
  .record({
    state: fc.constantFrom('online' as const, 'suspect' as const, 'offline' as const),
    schedulable: fc.boolean(),
    computePoolId: fc.constantFrom(pool, otherPool, null),
    cores: stock(64),
    memoryBytes: stock(64 * GiB),
    diskBytes: stock(1000 * GiB),
    load: fc.option(
      fc.record({ cpu: fc.double({ min: 0, max: 1, noNaN: true }), diskUsedBytes: fc.nat(1000 * GiB) }).map((some) => ({
        ...load,
        ...some,
      })),
      { nil: null },
    ),
  })
  .map((change) => change);
const anyNodes = fc.array(anyNode, { maxLength: 12 }).map((list) => list.map((change, index) => node(index, change)));

describe('for any snapshot', () => {
  it('never chooses a node that a filter drops, and drops none without a reason', () => {
    fc.assert(
      fc.property(anyNodes, (nodes) => {
        const { ranked, candidates } = choosePlacement(nodes, request, policy);
        for (const chosen of ranked)
          for (const filter of filters) expect(filter(chosen, request, policy)).toBeUndefined();
        expect(candidates).toHaveLength(nodes.length);
        for (const { score, reason } of candidates) expect((score === null) !== (reason === null)).toBe(true);
      }),
    );
  });

  it('answers the same whatever the order of the nodes', () => {
    fc.assert(
      fc.property(
        anyNodes.chain((nodes) =>
          fc.tuple(fc.constant(nodes), fc.shuffledSubarray(nodes, { minLength: nodes.length })),
        ),
        ([nodes, shuffled]) => {
          expect(choosePlacement(shuffled, request, policy)).toEqual(choosePlacement(nodes, request, policy));
        },
      ),
    );
  });

  it('scores between 0 and 1', () => {
    fc.assert(
      fc.property(anyNodes, (nodes) => {
        for (const { score } of choosePlacement(nodes, request, policy).candidates)
          if (score !== null) expect(score >= 0 && score <= 1).toBe(true);
      }),
    );
  });
});
