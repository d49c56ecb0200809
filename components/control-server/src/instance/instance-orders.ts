/**
 * Orders to instances: each begins one operation. What is checked and shown happens in the commit that begins it, so a
 * repeated request with its Idempotency-Key is answered with the same operation whatever has happened since.
 */

import {
  type BootDevice,
  type createInstanceSchema,
  defaultComputePoolName,
  type InstanceAction,
  type InstanceId,
  type Operation,
  type OperationKind,
  type TransientState,
  type UserId,
  type WantedState,
} from '@zhiyun/contracts';
import { PlatformError } from '@zhiyun/kernel';
import type { Store, Tx } from '@zhiyun/store';
import { type Engine, type GroupMember, grouped } from '@zhiyun/transaction';
import type { z } from 'zod';
import type { Placements } from '../placement/placements.ts';
import { notFound } from '../reference/named.ts';
import { resolveReference } from '../reference/resolve-reference.ts';
import { acceptOrders, requireAllowed } from './accept-order.ts';
import { nextGenerations } from './generations.ts';
import { configOfRequest, loadInstanceConfig } from './instance-config.ts';
import { type Reservation, reserveInstance, reserveInstances } from './reserve-instance.ts';
import type { InstanceRow } from './state/next-state.ts';
import type { CreateMemory, CreateParams } from './transactions/create-instance.ts';
import type { DeleteParams } from './transactions/delete-instance.ts';

/** Who orders, and how a repetition of the request is known. */
export interface Orderer {
  /** Null: the platform itself. */
  createdBy: { id: UserId; username: string } | null;
  idempotencyKey: string | undefined;
  requestHash: string;
}

export interface OrdersDeps {
  store: Store;
  engine: Engine;
}
export interface CreationDeps extends OrdersDeps {
  placements: Placements;
}

export async function orderCreation(
  { store, engine, placements }: CreationDeps,
  request: z.output<typeof createInstanceSchema>,
  orderer: Orderer,
): Promise<Operation> {
  const { db } = store;
  const pool = request.computePool ?? defaultComputePoolName;
  const computePoolId = await resolveReference(db, 'compute-pool', pool, 'computePool');
  const config = await configOfRequest(db, request);
  const { first: generation } = nextGenerations(0);
  const params: CreateParams = { instanceId: config.id, config, start: request.start, generation };
  const memory: Partial<CreateMemory> = {};
  const wanted = request.start ? 'running' : 'stopped';
  return engine.begin('instance.create', {
    ...orderer,
    params,
    target: { kind: 'instance', id: config.id, name: config.name },
    memory,
    group: grouped(reserveAll, { computePoolId, config, wanted, placements, actor: orderer.createdBy, memory }),
  });
}

export type CreationMember = Reservation & { memory: Partial<CreateMemory> };

export async function reserveAll(tx: Tx, members: readonly GroupMember<CreationMember>[]): Promise<void> {
  const [first] = members;
  const places =
    first && members.length === 1
      ? [await reserveInstance(tx, first.of, first.operationId)]
      : await reserveInstances(tx, members);
  for (const [index, { of }] of members.entries()) {
    Object.assign(of.memory, places[index]);
  }
}

export interface Order {
  kind: OperationKind;
  action: InstanceAction;
  shows?: TransientState;
  wants: WantedState;
}

export const orders = {
  start: { kind: 'instance.start', action: 'start', shows: 'starting', wants: 'running' },
  stop: { kind: 'instance.stop', action: 'stop', shows: 'stopping', wants: 'stopped' },
  kill: { kind: 'instance.kill', action: 'kill', shows: 'stopping', wants: 'stopped' },
  reboot: { kind: 'instance.reboot', action: 'reboot', shows: 'rebooting', wants: 'running' },
  reset: { kind: 'instance.reset', action: 'reset', wants: 'running' },
  delete: { kind: 'instance.delete', action: 'delete', shows: 'deleting', wants: 'deleted' },
} as const satisfies Record<string, Order>;

/** `more`: what the order's parameters need beside instance, node and generation. */
export async function order(
  { store, engine }: OrdersDeps,
  reference: string,
  { kind, action, shows, wants }: Order,
  orderer: Orderer,
  more: (instance: InstanceRow) => Promise<object> = async () => ({}),
): Promise<Operation> {
  const before = await engine.begunBefore(orderer);
  if (before) return before;
  const instance = await readInstance(store, reference);
  if (instance.node_id === null) requireAllowed(instance, action);
  const { first: generation } = nextGenerations(instance.generation);
  const params: DeleteParams = { instanceId: instance.id, nodeId: instance.node_id, generation };
  return engine.begin(kind, {
    ...orderer,
    params: { ...params, ...(await more(instance)) },
    target: { kind: 'instance', id: instance.id, name: instance.name },
    within: (tx, operation) =>
      acceptOrders(tx, [{ instanceId: instance.id, action, generation, shows, wants, operation }]),
  });
}

/** Parameters of orders that launch the machine. */
export function withConfig(
  store: Store,
  bootOnce: BootDevice | undefined,
): (instance: { id: InstanceId }) => Promise<object> {
  return async ({ id }) => ({ config: await loadInstanceConfig(store.db, id, bootOnce) });
}

/** How long the waiting for a guest may take to be given up. */
const giveUpMs = 5_000;

/** Who kills does not wait for the guest to shut down: an operation that does is cancelled first. */
export async function giveUpShutdown({ store, engine }: OrdersDeps, reference: string): Promise<void> {
  const id = await resolveReference(store.db, 'instance', reference);
  const waiting = await store.db
    .selectFrom('operation')
    .select('id')
    .where('target_kind', '=', 'instance')
    .where('target_id', '=', id)
    .where('kind', 'in', ['instance.stop', 'instance.reboot'])
    .where('state', '=', 'running')
    .executeTakeFirst();
  if (!waiting) return;
  try {
    await engine.cancel(waiting.id);
  } catch (error) {
    // It has just ended by itself: all the better.
    if (!(error instanceof PlatformError && error.code === 'not-cancellable')) throw error;
  }
  await engine.waitFor(waiting.id, giveUpMs);
}

async function readInstance(store: Store, reference: string): Promise<InstanceRow> {
  const id = await resolveReference(store.db, 'instance', reference);
  const row = await store.db.selectFrom('instance').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw notFound('instance', reference);
  return row;
}
