/** Orders to instances, accepted in the commit that begins their operations: what is shown changes with it. */
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
import { anyOf, type Tx } from '@zhiyun/store';
import { notFound } from '../reference/named.ts';
import { generationsPerOperation, nextGenerations } from './generations.ts';
import { changeOrFail } from './state/change-instances.ts';
import type { InstanceChange, InstanceRow } from './state/next-state.ts';
import { lockInstances } from './state/settle-instances.ts';

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

/** Throws `not-found`, `wrong-state`, `node-unreachable`; `target-busy` when another order came in between. */
export async function acceptOrders(tx: Tx, orders: readonly AcceptedOrder[]): Promise<void> {
  const instances = await lockInstances(
    tx,
    orders.map(({ instanceId }) => instanceId),
  );
  const changes: InstanceChange[] = [];
  for (const { instanceId, action, generation, shows: working, wants: wanted, operation } of orders) {
    const instance = instances.get(instanceId);
    if (!instance) throw notFound('instance', instanceId);
    requireAllowed(instance, action);
    if (nextGenerations(instance.generation).first !== generation)
      throw new PlatformError('target-busy', say('instance.just-changed', { name: instance.name }));
    // What is not worked on visibly shows what is; its node has not changed by this.
    const node = working === undefined ? await nodeStateOf(tx, instance) : null;
    changes.push({ instance, node, cause: { kind: 'operation', operation }, working, wanted });
  }
  await tx
    .updateTable('instance')
    .set((eb) => ({ generation: eb('generation', '+', generationsPerOperation) }))
    .where('id', '=', anyOf([...instances.keys()]))
    .execute();
  await changeOrFail(tx, changes);
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
