/** An order to an instance, accepted in the commit that begins its operation: what is shown changes with it. */
import {
  type InstanceAction,
  type InstanceId,
  type InstanceState,
  instanceCan,
  type OperationId,
  say,
  statesAllowing,
} from '@zhiyun/contracts';
import { PlatformError } from '@zhiyun/kernel';
import type { Tx } from '@zhiyun/store';
import { nextGenerations } from './generations.ts';
import { type InstanceRow, lockInstance, setInstanceState, showing } from './instance-state.ts';

export interface AcceptedOrder {
  instanceId: InstanceId;
  action: InstanceAction;
  /** First of the operation's block, made from the row as it was read before. */
  generation: number;
  /** What it shows until the operation ends; undefined: nothing changes. */
  shows: InstanceState | undefined;
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
  if (order.shows) await setInstanceState(tx, instance, showing(order.shows), order.operation);
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
