/**
 * Remove: a component is drained, cut off by the Data Servers for good, and what the domain kept only for it goes. It is
 * refused while somebody still needs it. One that is lost is not asked for anything; what only it had must be gone before.
 */
import { type ComponentId, componentIdSchema } from '@zhiyun/contracts';
import type { ComponentType } from '@zhiyun/contracts/links';
import { type Clock, PlatformError } from '@zhiyun/kernel';
import { recordEvent, type Store } from '@zhiyun/store';
import type { TransactionDefinition } from '@zhiyun/transaction';
import { z } from 'zod';
import { drainImages, type ImageDrainDeps, requireNoImages } from './drain-images.ts';
import { forgetNode, holdNode, releaseNode } from './drain-node.ts';
import { removeFromDomain } from './remove-from-domain.ts';

export interface RemovalDeps extends ImageDrainDeps {
  clock: Clock;
}

export const removeComponentParamsSchema = z.object({
  componentId: componentIdSchema,
  /** Its machine will never come back. */
  lost: z.boolean(),
});
export type RemoveComponentParams = z.infer<typeof removeComponentParamsSchema>;

interface Removed {
  type: ComponentType;
  name: string;
  /** Of a node: what it was before. */
  wasSchedulable: boolean;
}

export function removeComponentTransaction(deps: RemovalDeps): TransactionDefinition<RemoveComponentParams, Removed> {
  const { store } = deps;
  return {
    kind: 'component.remove',
    params: removeComponentParamsSchema,
    actions: [
      {
        name: 'hold',
        async write(tx, { params: { componentId } }) {
          const component = await readComponent(tx, componentId);
          const wasSchedulable = component.type === 'node-client' ? await holdNode(tx, componentId) : undefined;
          return { ...component, ...(wasSchedulable !== undefined && { wasSchedulable }) };
        },
        async unwrite(tx, { params: { componentId }, memory: { wasSchedulable } }) {
          if (wasSchedulable) await releaseNode(tx, componentId);
        },
      },
      {
        name: 'drain',
        cancellable: true,
        async run({ params: { componentId, lost }, memory: { type }, ...context }) {
          if (type !== 'storage-server') return undefined;
          await (lost ? requireNoImages(store, componentId) : drainImages(deps, componentId, context));
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
        async write(tx, { params: { componentId: id }, memory: { type, name = id }, operationId }) {
          if (type === 'node-client') await forgetNode(tx, id);
          await tx.deleteFrom('node_hearing').where('control_id', '=', id).execute();
          const subject = { kind: 'component', id, name } as const;
          await recordEvent(tx, {
            kind: 'component.removed',
            subject,
            data: { type: type ?? '' },
            operation: operationId,
          });
          return undefined;
        },
        noUndo: 'the last action: nothing can fail after it',
      },
    ],
  };
}

async function readComponent({ db }: { db: Store['db'] }, id: ComponentId): Promise<Pick<Removed, 'type' | 'name'>> {
  throw new PlatformError('not-found', `${id}${String(db)}`);
}
