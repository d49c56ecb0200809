/** An order to an instance, accepted in the commit that begins its operation: what is shown changes with it. */
import {
  type InstanceAction,
  type InstanceId,
  instanceCan,
  type NodeState,
  type OperationId,
  say,
  statesAllowing,
  type TransientState,
  type WantedState,
} from '@zhiyun/contracts';
import { PlatformError } from '@zhiyun/kernel';
import type { Tx } from '@zhiyun/store';
import { nextGenerations } from './generations.ts';
import { changeOrFail } from './state/change-instances.ts';
import type { InstanceRow } from './state/next-state.ts';
import { lockInstance } from './state/settle-instances.ts';

export interface AcceptedOrder {
  instanceId: InstanceId;
  action: InstanceAction;
  /** First of the operation's block, made from the row as it was read before. */
  generation: number;
  /** What it shows until the operation ends; undefined: nothing changes. */
  shows: TransientState | undefined;
  /** What is wanted from now on, unless the operation is undone. */
  wants: WantedState;
  operation: OperationId;
}

/** Throws `wrong-state`, `node-unreachable`; `target-busy` when another order came in between. */
export async function acceptOrder(tx: Tx, order: AcceptedOrder): Promise<void> {
  const instance = await lockInstance(tx, order.instanceId);
  requireAllowed(instance, order.action);
  const { first, last } = nextGenerations(instance.generation);
  if (first !== order.generation)
    throw new PlatformError('target-busy', say('instance.just-changed', { name: instance.name }));
  await tx.updateTable('instance').set({ generation: last }).where('id', '=', instance.id).execute();
  const { shows: working, wants: wanted, operation } = order;
  // What is not worked on visibly shows what is; its node has not changed by this.
  const node = working === undefined ? await nodeStateOf(tx, instance) : null;
  await changeOrFail(tx, [{ instance, node, cause: { kind: 'operation', operation }, working, wanted }]);
}

/** Throws `wrong-state`, or `node-unreachable` when nobody knows its state. */
export function requireAllowed(instance: Pick<InstanceRow, 'name' | 'state'>, action: InstanceAction): void {
  if (instanceCan(action, instance.state)) return;
  if (instance.state === 'unknown')
    throw new PlatformError('node-unreachable', say('instance.node-away', { name: instance.name }));
  if (instance.state === 'lost')
    throw new PlatformError('wrong-state', say('instance.node-lost', { name: instance.name }));
  throw new PlatformError(
    'wrong-state',
    say('instance.wrong-state', {
      name: instance.name,
      state: say(`instance.state-${instance.state}`),
      action: say(`instance.action-${action}`),
      states: statesAllowing(action).map((state) => say(`instance.state-${state}`)),
    }),
  );
}

async function nodeStateOf(tx: Tx, { node_id }: InstanceRow): Promise<NodeState | null> {
  if (node_id === null) return null;
  const node = await tx
    .selectFrom('node')
    .select('state')
    .where('id', '=', node_id)
    .forShare()
    .executeTakeFirstOrThrow();
  return node.state;
}
