/** References in requests: wherever another resource is meant, its id or its name will do. */

import { type ComputePoolId, type ImageId, type InstanceId, isUuid, type NodeId, say } from '@zhiyun/contracts';
import { Batches, PlatformError } from '@zhiyun/kernel';
import type { Database } from '@zhiyun/store';
import { type Kysely, sql } from 'kysely';
import { type NounKey, notFound, nounOf } from '../rest/named.ts';

interface Referenced {
  compute_pool: ComputePoolId;
  node: NodeId;
  image: ImageId;
  instance: InstanceId;
}
const nouns: Record<keyof Referenced, NounKey> = {
  compute_pool: 'compute-pool',
  node: 'node',
  image: 'image',
  instance: 'instance',
};

/**
 * The id that is meant. `path`: the field of the request that names it; then a miss is `invalid-request` and points there,
 * else it is `not-found`. Throws `ambiguous-name` when the name fits more than one (instances of different pools).
 */
export async function resolveReference<Table extends keyof Referenced>(
  db: Kysely<Database>,
  table: Table,
  reference: string,
  path?: string,
): Promise<Referenced[Table]> {
  const ids = table === 'compute_pool' ? lookUpPool(db, reference) : lookUp(db, table, reference);
  const [first, second] = await ids;
  const noun = nouns[table];
  if (second) throw new PlatformError('ambiguous-name', say('common.ambiguous', { kind: nounOf(noun), reference }));
  if (first) return first as Referenced[Table];
  throw notFound(noun, reference, path);
}

/** Two at most. */
async function lookUp(db: Kysely<Database>, table: keyof Referenced, reference: string): Promise<string[]> {
  const column = isUuid(reference) ? 'id' : 'name';
  const { rows } = await sql<{ id: string }>`
    select id from ${sql.table(table)} where ${sql.ref(column)} = ${reference} limit 2`.execute(db);
  return rows.map(({ id }) => id);
}

const pools = new WeakMap<Kysely<Database>, Batches<string, string[]>>();

/** Instances are created by the hundred, in few pools: who asks for the same one at the same time shares a look. */
function lookUpPool(db: Kysely<Database>, reference: string): Promise<string[]> {
  const looks =
    pools.get(db) ??
    new Batches<string, string[]>(async (references) => {
      const found = new Map<string, Promise<string[]>>();
      for (const one of new Set(references)) found.set(one, lookUp(db, 'compute_pool', one));
      return Promise.all(references.map((one) => found.get(one) ?? []));
    });
  pools.set(db, looks);
  return looks.run(reference);
}
