/**
 * Remove: a component is drained, cut off by the Data Servers for good, and what the domain kept only for it goes. It is
 * refused while somebody still needs it. One that is lost is not asked for anything: images that only it had must be deleted
 * before, instances of a node are `lost` from then on.
 */

import { type ComponentId, componentIdSchema } from '@zhiyun/contracts';
import type { ComponentType } from '@zhiyun/contracts/links';
import type { Tx } from '@zhiyun/store';
import type { ChildPlan, TransactionDefinition } from '@zhiyun/transaction';
import { z } from 'zod';
import { notFound } from '../../reference/named.ts';
import { forgetRefused, giveUpImages, type ImageDrainDeps, planImageDrain } from './drain-images.ts';
import { forgetNode, holdNode, loseInstances, releaseNode } from './drain-node.ts';
import { type CutOffDeps, removeFromDomain } from './remove-from-domain.ts';

export interface RemovalDeps extends ImageDrainDeps, CutOffDeps {}

export const removeComponentParamsSchema = z.object({
  componentId: componentIdSchema,
  /** Its machine will never come back. */
  lost: z.boolean(),
});
export type RemoveComponentParams = z.infer<typeof removeComponentParamsSchema>;

const nothing: ChildPlan = { kind: 'image.move', atOnce: 1, children: [], prepare: async () => [] };

interface Removed {
  type: ComponentType;
  /** Of a node: whether it took instances before. */
  wasSchedulable: boolean;
}

export function removeComponentTransaction(deps: RemovalDeps): TransactionDefinition<RemoveComponentParams, Removed> {
  return {
    kind: 'component.remove',
    isParent: true,
    // 1 moved the images itself: a release that does so must not go on beside children.
    upgrades: [(begun) => begun],
    params: removeComponentParamsSchema,
    actions: [
      {
        name: 'hold',
        async write(tx, { params: { componentId, lost } }) {
          const type = await typeOf(tx, componentId);
          const wasSchedulable = type === 'node-client' && (await holdNode(tx, componentId, lost));
          return { type, wasSchedulable };
        },
        async unwrite(tx, { params: { componentId }, memory: { wasSchedulable } }) {
          if (wasSchedulable) await releaseNode(tx, componentId);
        },
      },
      {
        name: 'drain',
        cancellable: true,
        async run({ params: { componentId, lost }, memory: { type }, operationId, children }) {
          if (type === 'storage-server' && lost) await giveUpImages(deps, componentId, operationId);
          // A node has nothing to be moved as long as instances stay where they are: one that has some is refused.
          else await children(type === 'storage-server' ? await planImageDrain(deps, componentId) : nothing);
          return undefined;
        },
        noUndo: 'an image that was moved is as good where it is now',
      },
      {
        name: 'cut-off',
        pointOfNoReturn: true,
        async run({ params: { componentId }, signal }) {
          await removeFromDomain(deps, componentId, signal);
          return undefined;
        },
        noUndo: 'whoever was cut off has lost its identity: it can only join anew',
      },
      {
        name: 'forget',
        async write(tx, { params: { componentId: id, lost }, memory: { type }, operationId }) {
          if (type === 'node-client' && lost) await loseInstances(tx, id, operationId);
          if (type === 'node-client') await forgetNode(tx, id, operationId);
          if (type === 'storage-server') await forgetRefused(tx, id);
          if (type === 'control-server') await tx.deleteFrom('node_hearing').where('control_id', '=', id).execute();
          return undefined;
        },
        noUndo: 'the last action: nothing can fail after it',
      },
    ],
  };
}

/** Throws `not-found`. */
async function typeOf(tx: Tx, id: ComponentId): Promise<ComponentType> {
  const row = await tx.selectFrom('component').select('type').where('id', '=', id).executeTakeFirst();
  if (row) return row.type;
  throw notFound('component', id);
}
