/**
 * `node benchmarks/src/instance-batch.ts --count 1000 --rounds 3`: a thousand instances by one request, from the request to the end of the
 * parent, beside the same by a thousand requests of 32 clients, on the same simulated nodes, taking turns in one run.
 * Goal: one request takes no longer than the thousand.
 */
import { parseArgs } from 'node:util';
import { type Operation, operationEnded } from '@zhiyun/contracts';
import type { RestClient } from '@zhiyun/contracts/rest';
import { systemClock } from '@zhiyun/kernel';
import { ScalePlatform } from '../../sim/scale/src/scale-platform.ts';
import { realTime } from '../../sim/scale/src/slow-clock.ts';
import { instanceSize } from '../../sim/scale/src/world.ts';
import { untilSignal } from '../../sim/world/src/until-signal.ts';
import { judge, line, percentile } from './statistics.ts';

const { values: given } = parseArgs({
  options: {
    count: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '3' },
    nodes: { type: 'string', default: '50' },
  },
});
const [count, rounds, nodes] = [Number(given.count), Number(given.rounds), Number(given.nodes)];
const clients = 32;
const body = {
  cores: instanceSize.cores,
  memoryBytes: instanceSize.memoryBytes,
  disks: [{ sizeBytes: instanceSize.diskBytes }],
};

async function ended(client: RestClient, { id }: Operation): Promise<void> {
  for (;;) {
    const now = await client.getOperation({ params: { id }, query: { waitSeconds: 30 } });
    if (now.state === 'succeeded') return;
    if (operationEnded(now.state)) throw new Error(`${now.kind} ${now.state}: ${now.error?.detail}`);
  }
}

async function timed(work: () => Promise<void>): Promise<number> {
  const started = systemClock.monotonicMs();
  await work();
  return systemClock.monotonicMs() - started;
}

const byOne = (client: RestClient, round: number) => async () =>
  ended(client, await client.createInstances({ body: { ...body, count, nameRule: `one-${round}-{n}` } }));

const byMany = (client: RestClient, round: number) => async () => {
  let serial = 0;
  const loop = async () => {
    while (serial < count) {
      const name = `many-${round}-${++serial}`;
      await ended(client, await client.createInstance({ body: { ...body, name } }));
    }
  };
  await Promise.all(Array.from({ length: clients }, loop));
};

async function removeAll(client: RestClient): Promise<number> {
  const { items } = await client.listInstances({ query: { limit: 500 } });
  if (items.length === 0) return 0;
  const instances = items.map(({ id }) => id);
  const ms = await timed(async () => ended(client, await client.deleteInstances({ body: { instances } })));
  return ms + (await removeAll(client));
}

async function measure(platform: ScalePlatform): Promise<void> {
  await Promise.all([platform.startNodes(), platform.untilOnline(nodes, 120_000, () => {})]);
  const { client } = platform;
  await byMany(client, 0)();
  await removeAll(client);
  const figures = { one: [] as number[], many: [] as number[], removed: [] as number[] };
  for (let round = 1; round <= rounds; round++) {
    const turns = [
      async () => figures.one.push(await timed(byOne(client, round))),
      async () => figures.many.push(await timed(byMany(client, round))),
    ];
    for (const turn of round % 2 === 0 ? turns.toReversed() : turns) {
      await turn();
      figures.removed.push(await removeAll(client));
    }
  }
  console.log(line(`${count} created by one request`, figures.one, 'ms'));
  console.log(line(`${count} created by ${count} requests, ${clients} clients`, figures.many, 'ms'));
  console.log(line(`${count} deleted, 500 a request`, figures.removed, 'ms'));
  const ratio = percentile(figures.one, 0.5) / percentile(figures.many, 0.5);
  if (!judge('one request : many', ratio, '≤ 1', ratio <= 1)) process.exitCode = 1;
}

await untilSignal(
  () => ScalePlatform.start({ nodes, instances: 0, nodeProcesses: 1, launchMs: 10, pace: realTime }),
  measure,
);
