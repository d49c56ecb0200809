/** One order to many instances: each is a child that is begun as any other, those that go together in one commit. */
import { bootDeviceSchema, type InstanceId, instanceIdSchema, type OperationKind, say } from '@zhiyun/contracts';
import { type Clock, faultOf, PlatformError } from '@zhiyun/kernel';
import { anyOf, type Store, type Tx } from '@zhiyun/store';
import { type GroupMember, grouped, type PreparedChild, type TransactionDefinition } from '@zhiyun/transaction';
import { z } from 'zod';
import { type AcceptedOrder, acceptOrders, requireAllowed } from '../accept-order.ts';
import { nextGenerations } from '../generations.ts';
import { loadInstanceConfigs } from '../instance-config.ts';
import { type Order, orders } from '../instance-orders.ts';
import { atOnce, eachInstance } from './each-instance.ts';

export const orderBatchParamsSchema = z.object({
  instances: z.array(z.object({ id: instanceIdSchema, name: z.string() })),
  bootOnce: bootDeviceSchema.optional(),
  timeoutSeconds: z.int().optional(),
});
export type OrderBatchParams = z.infer<typeof orderBatchParamsSchema>;

export const batchOrders = {
  start: 'instance.start-batch',
  stop: 'instance.stop-batch',
  delete: 'instance.delete-batch',
} as const satisfies Partial<Record<keyof typeof orders, OperationKind>>;
export type BatchOrder = keyof typeof batchOrders;

export function orderBatchTransaction(
  { store, clock }: { store: Store; clock: Clock },
  name: BatchOrder,
): TransactionDefinition<OrderBatchParams> {
  const order: Order = orders[name];
  return eachInstance(batchOrders[name], orderBatchParamsSchema, async ({ params, children }) => {
    const names = new Map(params.instances.map((instance) => [instance.id as string, instance.name]));
    await children({
      kind: order.kind,
      atOnce,
      children: params.instances.map(({ id }) => ({ key: id })),
      prepare: (planned) => {
        const ids = planned.map(({ key }) => key as InstanceId);
        return prepareOrders(store, order, ids, names, moreOf(store, clock, name, params));
      },
    });
  });
}

type More = (ids: readonly InstanceId[]) => Promise<(id: InstanceId) => object>;

/** What the order's parameters need beside instance, node and generation. */
function moreOf({ db }: Store, clock: Clock, name: BatchOrder, { bootOnce, timeoutSeconds }: OrderBatchParams): More {
  if (name === 'stop') return async () => () => ({ timeoutSeconds, orderedAtMs: clock.now() });
  if (name === 'delete') return async () => () => ({});
  return async (ids) => {
    const configs = await loadInstanceConfigs(db, ids, bootOnce);
    return (id) => ({ config: configs.get(id) });
  };
}

async function prepareOrders(
  store: Store,
  order: Order,
  ids: readonly InstanceId[],
  names: ReadonlyMap<string, string>,
  more: More,
): Promise<PreparedChild[]> {
  const rows = await store.db.selectFrom('instance').selectAll().where('id', '=', anyOf(ids)).execute();
  const byId = new Map(rows.map((row) => [row.id, row]));
  const paramsOf = await more(rows.map(({ id }) => id));
  return ids.map((id): PreparedChild => {
    const row = byId.get(id);
    const target = { kind: 'instance', id, name: row?.name ?? names.get(id) ?? id } as const;
    try {
      if (!row) throw new PlatformError('not-found', say('instance.unknown', { reference: target.name }));
      requireAllowed(row, order.action);
      const { first: generation } = nextGenerations(row.generation);
      const params = { instanceId: id, nodeId: row.node_id, generation, ...paramsOf(id) };
      return { target, params, group: grouped(acceptAll, { ...order, instanceId: id, generation }) };
    } catch (error) {
      return { target, refused: faultOf(error) };
    }
  });
}

function acceptAll(
  tx: Tx,
  members: readonly GroupMember<Order & Pick<AcceptedOrder, 'instanceId' | 'generation'>>[],
): Promise<void> {
  return acceptOrders(
    tx,
    members.map(({ of, operationId: operation }) => ({ shows: undefined, ...of, operation })),
  );
}
