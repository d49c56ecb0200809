/** References in requests: wherever another resource is meant, its id or its name will do. */
import { type ComputePoolId, type ImageId, type InstanceId, isUuid, type NodeId } from '@zhiyun/contracts';
import { PlatformError } from '@zhiyun/kernel';
import type { Database } from '@zhiyun/store';
import { type Kysely, sql } from 'kysely';

interface Referenced {
  compute_pool: ComputePoolId;
  node: NodeId;
  image: ImageId;
  instance: InstanceId;
}
const nouns: Record<keyof Referenced, string> = {
  compute_pool: 'compute pool',
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
  const column = isUuid(reference) ? 'id' : 'name';
  const { rows } = await sql<{ id: Referenced[Table] }>`
    select id from ${sql.table(table)} where ${sql.ref(column)} = ${reference} limit 2`.execute(db);
  const [first, second] = rows;
  const noun = nouns[table];
  if (second)
    throw new PlatformError('ambiguous-name', `More than one ${noun} is named «${reference}»; say which by its id.`);
  if (first) return first.id;
  if (path === undefined) throw new PlatformError('not-found', `There is no ${noun} «${reference}».`);
  throw new PlatformError('invalid-request', `There is no ${noun} «${reference}».`, {
    errors: [{ path, message: `names no ${noun}` }],
  });
}
