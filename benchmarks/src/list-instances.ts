/**
 * `GET /instances?limit=50` with 100,000 rows at 50 requests a second: p99 ≤ 15 ms through gateway, link and Control Server.
 * Named baseline, in the same run and interleaved: a bare node:http server that sends the same page read by one keyset query.
 */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import {
  type ClientRequest,
  createServer,
  type IncomingMessage,
  Agent as PlainAgent,
  get as plainGet,
} from 'node:http';
import { Agent as SecureAgent, get as secureGet } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger, systemClock } from '@zhiyun/kernel';
import { openStore, startPrivatePostgres } from '@zhiyun/store';
import { sql } from 'kysely';
import { startPlatform } from '../../system-tests/src/platform.ts';
import { judge, line, percentile } from './statistics.ts';

const rows = 100_000;
const requestsPerSecond = 50;
const rounds = 5;
const secondsPerRound = 5;

interface Target {
  name: string;
  request: () => Promise<number>;
}

async function timed(send: (done: (response: IncomingMessage) => void) => ClientRequest): Promise<number> {
  const started = systemClock.monotonicMs();
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const request = send((response) => {
    response.resume();
    response.once('end', () =>
      response.statusCode === 200
        ? resolve(systemClock.monotonicMs() - started)
        : reject(new Error(`status ${response.statusCode}`)),
    );
  });
  request.once('error', reject);
  return promise;
}

/** Open loop: a request every 20 ms whether or not the last has been answered. */
async function load({ request }: Target): Promise<number[]> {
  const sent: Promise<number>[] = [];
  const started = systemClock.monotonicMs();
  for (let index = 0; index < requestsPerSecond * secondsPerRound; index++) {
    const due = started + (index * 1000) / requestsPerSecond;
    await systemClock.sleep(Math.max(0, due - systemClock.monotonicMs()));
    sent.push(request());
  }
  return Promise.all(sent);
}

const directory = await mkdtemp(join(tmpdir(), 'zhiyun-list-'));
// PostgreSQL runs as a user of its own.
await chmod(directory, 0o711);
const postgres = await startPrivatePostgres({ directory: join(directory, 'postgres'), log: silentLogger });
const platform = await startPlatform({ ZHIYUN_DATABASE_URL: postgres.url });
const store = await openStore({ url: postgres.url, log: silentLogger });
const bare = createServer(async (_request, response) => {
  const page = await sql`select * from instance order by created_at desc, id desc limit 50`.execute(store.db);
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ items: page.rows }));
});
try {
  // They lie on a node that is away, so that nobody has anything to do for them but to show them.
  await sql`
    insert into node (id, name, compute_pool_id, state, state_since, joined_at)
    select gen_random_uuid(), 'away', id, 'offline', now(), now() from compute_pool limit 1`.execute(store.db);
  await sql`
    insert into instance (id, name, compute_pool_id, node_id, state, state_since, generation, cores, memory_bytes, mac_address, created_at)
    select gen_random_uuid(), 'load-' || n, compute_pool_id, node.id, 'unknown', now(), 1, 1, 1073741824,
           'load-' || n, now() - n * interval '1 second'
    from node, generate_series(1, ${sql.lit(rows)}) n where node.name = 'away'`.execute(store.db);
  await sql`insert into disk (id, instance_id, position, size_bytes) select gen_random_uuid(), id, 0, 1073741824 from instance`.execute(
    store.db,
  );
  await sql`analyze`.execute(store.db);
  await new Promise<void>((resolve) => bare.listen(0, '127.0.0.1', resolve));

  const plainAgent = new PlainAgent({ keepAlive: true });
  const secureAgent = new SecureAgent({ keepAlive: true, ca: platform.ca });
  const targets: Target[] = [
    {
      name: 'Zhiyun: GET /instances?limit=50',
      request: () =>
        timed((done) =>
          secureGet(
            `${platform.url}/api/v1/instances?limit=50`,
            { agent: secureAgent, headers: { authorization: `Bearer ${platform.token}` } },
            done,
          ),
        ),
    },
    {
      name: 'baseline: node:http + one keyset query',
      request: () =>
        timed((done) =>
          plainGet(`http://127.0.0.1:${(bare.address() as AddressInfo).port}/`, { agent: plainAgent }, done),
        ),
    },
  ];
  const samples = new Map<string, number[]>(targets.map(({ name }) => [name, []]));
  for (const target of targets) await load(target);
  for (let round = 0; round < rounds; round++)
    for (const target of targets) samples.get(target.name)?.push(...(await load(target)));
  for (const [name, values] of samples) console.log(line(name, values, 'ms'));
  const [ours = [], floor = []] = samples.values();
  console.log(`ratio of medians to the baseline: ${(percentile(ours, 0.5) / percentile(floor, 0.5)).toFixed(2)}`);
  process.exitCode = judge(
    'p99 in ms at 50 requests/s, 100,000 rows',
    percentile(ours, 0.99),
    '≤ 15',
    percentile(ours, 0.99) <= 15,
  )
    ? 0
    : 1;
} finally {
  bare.close();
  await platform[Symbol.asyncDispose]();
  await store.close();
  await postgres.stop();
  await rm(directory, { recursive: true, force: true });
}
