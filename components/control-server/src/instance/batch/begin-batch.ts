/** Requests for many instances: everything that can be refused at once is, before anything is made. */
import {
  batchNames,
  type ComputePoolId,
  type createInstancesSchema,
  defaultComputePoolName,
  type InstanceId,
  isUuid,
  type Operation,
  say,
} from '@zhiyun/contracts';
import { fieldError, PlatformError } from '@zhiyun/kernel';
import type { Database } from '@zhiyun/store';
import { type Kysely, sql } from 'kysely';
import type { z } from 'zod';
import { firstNames, nounOf } from '../../reference/named.ts';
import { resolveReference } from '../../reference/resolve-reference.ts';
import { configOfRequest } from '../instance-config.ts';
import type { Orderer, OrdersDeps } from '../instance-orders.ts';
import type { CreateBatchParams } from './create-batch.ts';
import { batchTarget } from './each-instance.ts';
import { type BatchOrder, batchOrders, type OrderBatchParams } from './order-batch.ts';

const namedAtMost = 5;

/** Throws `name-taken` with the first names that the pool has already, and whatever speaks against one such instance. */
export async function beginCreation(
  { store: { db }, engine }: OrdersDeps,
  request: z.output<typeof createInstancesSchema>,
  orderer: Orderer,
): Promise<Operation> {
  const before = await engine.begunBefore(orderer);
  if (before) return before;
  const pool = request.computePool ?? defaultComputePoolName;
  const computePoolId = await resolveReference(db, 'compute-pool', pool, 'computePool');
  const names = batchNames(request);
  const { count, nameRule, names: _, firstNumber, ...shared } = request;
  const pattern = await configOfRequest(db, { ...shared, name: names[0] ?? '' });
  await requireFree(db, computePoolId, names, request.names ? 'names' : 'nameRule');
  const params: CreateBatchParams = { computePoolId, names, pattern, start: request.start };
  return engine.begin('instance.create-batch', {
    ...orderer,
    params,
    target: batchTarget(names),
    childTotal: names.length,
  });
}

async function requireFree(db: Kysely<Database>, pool: ComputePoolId, names: string[], path: string): Promise<void> {
  const { rows } = await sql<{ name: string }>`
    select name from instance
    join jsonb_array_elements_text(${names}::jsonb) with ordinality as wanted (name, place) using (name)
    where compute_pool_id = ${pool} order by place`.execute(db);
  if (rows.length === 0) return;
  const taken = firstNames(
    rows.slice(0, namedAtMost).map(({ name }) => name),
    rows.length,
  );
  throw new PlatformError('name-taken', say('instance.names-taken', { names: taken }), {
    errors: [fieldError(path, say('field.names-in-use-in-pool', { names: taken }))],
  });
}

/** Throws `invalid-request` naming what is no instance, or the same one twice; `ambiguous-name`. */
export async function beginOrders(
  { store: { db }, engine }: OrdersDeps,
  name: BatchOrder,
  { instances: references, ...options }: { instances: string[] } & Omit<OrderBatchParams, 'instances'>,
  orderer: Orderer,
): Promise<Operation> {
  const before = await engine.begunBefore(orderer);
  if (before) return before;
  const instances = await resolveAll(db, references);
  const params: OrderBatchParams = { ...options, instances };
  return engine.begin(batchOrders[name], {
    ...orderer,
    params,
    target: batchTarget(instances.map((instance) => instance.name)),
    childTotal: instances.length,
  });
}

async function resolveAll(db: Kysely<Database>, references: string[]): Promise<{ id: InstanceId; name: string }[]> {
  const ids = references.filter(isUuid);
  const { rows } = await sql<{ id: InstanceId; name: string }>`
    select id, name from instance where id in (select value::uuid from jsonb_array_elements_text(${ids}::jsonb))
    union
    select id, name from instance where name in (select jsonb_array_elements_text(${references}::jsonb))`.execute(db);
  const byId = new Map(rows.map((row) => [row.id as string, row]));
  const byName = Map.groupBy(rows, (row) => row.name);
  const errors: ReturnType<typeof fieldError>[] = [];
  const missing: string[] = [];
  const places = new Map<InstanceId, number>();
  const found = references.flatMap((reference, index) => {
    const [one, other] = isUuid(reference) ? [byId.get(reference)] : (byName.get(reference) ?? []);
    const path = `instances.${index}`;
    if (other)
      throw new PlatformError('ambiguous-name', say('common.ambiguous', { kind: nounOf('instance'), reference }));
    if (!one) {
      missing.push(reference);
      errors.push(fieldError(path, say('field.names-nothing', { kind: nounOf('instance') })));
      return [];
    }
    const first = places.get(one.id);
    if (first !== undefined) errors.push(fieldError(path, say('field.same-as', { other: `instances.${first}` })));
    else places.set(one.id, index);
    return [one];
  });
  if (errors.length === 0) return found;
  const reasons = errors.map(({ path, message, sentence }) =>
    say('rest.field-reason', { field: path, reason: sentence ?? message }),
  );
  const words =
    missing.length > 0
      ? say('common.unknown', { kind: nounOf('instance'), reference: missing.slice(0, namedAtMost).join(', ') })
      : say('rest.not-valid', { reasons });
  throw new PlatformError('invalid-request', words, { errors });
}
