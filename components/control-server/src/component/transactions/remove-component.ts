/**
 * Remove: a component is drained, cut off by the Data Servers for good, and what the domain kept only for it goes. It is
 * refused while somebody still needs it. One that is lost is not asked for anything: images that only it had must be deleted
 * before, instances of a node are `lost` from then on.
 */

import { type ComponentId, componentIdSchema } from '@zhiyun/contracts';
import type { ComponentType } from '@zhiyun/contracts/links';
import type { Tx } from '@zhiyun/store';
import type { TransactionDefinition } from '@zhiyun/transaction';
import { z } from 'zod';
import { notFound } from '../../reference/named.ts';
import { drainImages, giveUpImages, type ImageDrainDeps } from './drain-images.ts';
import { forgetNode, holdNode, loseInstances, releaseNode } from './drain-node.ts';
import { type CutOffDeps, removeFromDomain } from './remove-from-domain.ts';

export interface RemovalDeps extends ImageDrainDeps, CutOffDeps {}

export const removeComponentParamsSchema = z.object({
  componentId: componentIdSchema,
  /** Its machine will never come back. */
  lost: z.boolean(),
});
export type RemoveComponentParams = z.infer<typeof removeComponentParamsSchema>;

interface Removed {
  type: ComponentType;
  /** Of a node: whether it took instances before. */
  wasSchedulable: boolean;
}

export function removeComponentTransaction(deps: RemovalDeps): TransactionDefinition<RemoveComponentParams, Removed> {
  return {
    kind: 'component.remove',
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
        async run({ params: { componentId, lost }, memory: { type }, ...context }) {
          if (type === 'storage-server') await (lost ? giveUpImages : drainImages)(deps, componentId, context);
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
