/**
 * Many instances after one pattern: each is a child that is created as any other. Those that go together take their names, capacity and
 * rows in one commit. What does not fit is told child by child; what fits is made.
 */
import { computePoolIdSchema, type DiskId, type Fault, type InstanceId, type WantedState } from '@zhiyun/contracts';
import { type InstanceConfig, instanceConfigSchema, localVolume } from '@zhiyun/contracts/links';
import { type Clock, newId, PlatformError } from '@zhiyun/kernel';
import type { Tx } from '@zhiyun/store';
import { type GroupMember, grouped, type PreparedChild, type TransactionDefinition } from '@zhiyun/transaction';
import { z } from 'zod';
import type { LoadBoard } from '../../monitor/load-board.ts';
import { Placements } from '../../placement/placements.ts';
import { nextGenerations } from '../generations.ts';
import { type CreationMember, reserveAll } from '../instance-orders.ts';
import { macAddressOf } from '../mac-address.ts';
import type { CreateParams } from '../transactions/create-instance.ts';
import { atOnce, eachInstance } from './each-instance.ts';

export const createBatchParamsSchema = z.object({
  computePoolId: computePoolIdSchema,
  names: z.array(z.string()),
  /** All but names and ids, which each has of its own. */
  pattern: instanceConfigSchema,
  start: z.boolean(),
});
export type CreateBatchParams = z.infer<typeof createBatchParamsSchema>;

export interface CreateBatchDeps {
  board: Pick<LoadBoard, 'nodeLoad'>;
  clock: Clock;
}

/** A pool that was full for one is not asked for the others of the same size again so soon. */
const fullForMs = 2_000;

export function createBatchTransaction({ board, clock }: CreateBatchDeps): TransactionDefinition<CreateBatchParams> {
  const placements = new Placements((nodeId) => board.nodeLoad(nodeId), clock);
  return eachInstance('instance.create-batch', createBatchParamsSchema, async ({ params, createdBy, children }) => {
    const { computePoolId, names, pattern, start } = params;
    const wanted: WantedState = start ? 'running' : 'stopped';
    let full: { fault: Fault; atMs: number } | undefined;
    const fullNow = () => (full && clock.monotonicMs() - full.atMs < fullForMs ? full.fault : undefined);

    async function reserve(tx: Tx, members: readonly GroupMember<CreationMember>[]): Promise<void> {
      const fault = members.length === 1 ? fullNow() : undefined;
      if (fault) throw new PlatformError(fault.code, fault.detail, fault);
      try {
        await reserveAll(tx, members);
      } catch (error) {
        if (members.length === 1 && error instanceof PlatformError && error.code === 'insufficient-capacity')
          full = { fault: error.toFault(), atMs: clock.monotonicMs() };
        throw error;
      }
    }

    function prepared(name: string): PreparedChild {
      const config = configLike(pattern, name);
      const target = { kind: 'instance', id: config.id, name } as const;
      const refused = fullNow();
      if (refused) return { target, refused };
      const memory = {};
      const own: CreateParams = { instanceId: config.id, config, start, generation: nextGenerations(0).first };
      const of = { computePoolId, config, wanted, placements, actor: createdBy, memory };
      return { target, params: own, memory, group: grouped(reserve, of) };
    }

    await children({
      kind: 'instance.create',
      atOnce,
      children: names.map((key) => ({ key })),
      prepare: async (planned) => planned.map(({ key }) => prepared(key)),
    });
  });
}

function configLike(pattern: InstanceConfig, name: string): InstanceConfig {
  const id = newId<InstanceId>();
  return {
    ...pattern,
    id,
    name,
    nics: pattern.nics.map((nic) => ({ ...nic, macAddress: macAddressOf(id) })),
    disks: pattern.disks.map((disk) => {
      const diskId = newId<DiskId>();
      return { ...disk, id: diskId, volume: localVolume(diskId) };
    }),
  };
}
