/** Many clients that create instances as fast as they are answered. */
import type { OperationId } from '@zhiyun/contracts';
import { sql } from 'kysely';
import type { ScalePlatform } from './scale-platform.ts';
import { instanceSize } from './world.ts';

export interface CreateFigures {
  created: number;
  seconds: number;
  perSecond: number;
  /** From the sending of the request to its answer (202). */
  answeredMs: Spread;
  /** From the sending of the request to the end of the operation, which has seen the instance run. */
  runningMs: Spread;
  failed: number;
  /** What the first refused request was told; null: none was. */
  refused: { count: number; first: string } | null;
  /** Nodes that have promised more than they have, or something else than the sum of their instances. */
  oversold: number;
}
export interface Spread {
  p50: number;
  p95: number;
  p99: number;
  max: number;
}

export async function createInstances(
  platform: ScalePlatform,
  options: { clients: number; seconds: number; prefix: string },
): Promise<CreateFigures> {
  const { client, clock } = platform;
  const started = clock.monotonicMs();
  const until = started + options.seconds * 1000;
  const sentAt = new Map<OperationId, number>();
  const answered: number[] = [];
  const refusals: unknown[] = [];
  let serial = 0;
  const { cores, memoryBytes, diskBytes } = instanceSize;
  const clientLoop = async () => {
    while (clock.monotonicMs() < until) {
      const sent = clock.now();
      const name = `${options.prefix}-${serial++}`;
      const body = { name, cores, memoryBytes, disks: [{ sizeBytes: diskBytes }] };
      try {
        const operation = await client.createInstance({ body });
        answered.push(clock.now() - sent);
        sentAt.set(operation.id, sent);
      } catch (error) {
        refusals.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: options.clients }, clientLoop));
  const seconds = (clock.monotonicMs() - started) / 1000;
  const { ended, failed } = await untilEnded(platform, [...sentAt.keys()]);
  const running = [...ended].map(([id, at]) => at - (sentAt.get(id) ?? at));
  return {
    created: sentAt.size,
    seconds,
    perSecond: sentAt.size / seconds,
    answeredMs: spreadOf(answered),
    runningMs: spreadOf(running),
    failed,
    refused: refusals.length > 0 ? { count: refusals.length, first: String(refusals[0]) } : null,
    oversold: await countOversold(platform),
  };
}

/** When each has succeeded (epoch ms, as the database has it: the clock of this machine). */
async function untilEnded(
  { store, clock }: ScalePlatform,
  ids: readonly OperationId[],
): Promise<{ ended: Map<OperationId, number>; failed: number }> {
  const deadline = clock.monotonicMs() + 60_000;
  for (;;) {
    const rows = await store.db
      .selectFrom('operation')
      .select(['id', 'state', 'ended_at'])
      .where('kind', '=', 'instance.create')
      .execute();
    const byId = new Map(rows.map((row) => [row.id, row]));
    const ours = ids.flatMap((id) => byId.get(id) ?? []);
    const over = ours.every(({ state }) => state !== 'running' && state !== 'pending' && state !== 'undoing');
    if (over || clock.monotonicMs() > deadline) {
      const succeeded = ours.filter(({ state }) => state === 'succeeded');
      const ended = new Map(succeeded.map(({ id, ended_at }) => [id, ended_at?.getTime() ?? Number.NaN]));
      return { ended, failed: ids.length - succeeded.length };
    }
    await clock.sleep(100);
  }
}

async function countOversold({ store }: ScalePlatform): Promise<number> {
  const { rows } = await sql`
    with had as (
      select node_id, count(*) as instances, sum(cores) as cores, sum(memory_bytes) as memory_bytes from instance group by node_id
    )
    select node.id from node
    join compute_pool as pool on pool.id = node.compute_pool_id
    left join had on had.node_id = node.id
    join account on owner_kind = 'node' and owner_id = node.id
    group by node.id
    having bool_or(promised > floor(total * case resource
        when 'cores' then cpu_overcommit when 'disk-bytes' then disk_overcommit else 1 end))
      or bool_or(promised <> case resource when 'cores' then coalesce(cores, 0)
        when 'memory-bytes' then coalesce(memory_bytes, 0) when 'instances' then coalesce(instances, 0) else promised end)`.execute(
    store.db,
  );
  return rows.length;
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}
