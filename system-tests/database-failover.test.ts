/**
 * The sample of deploy/postgresql-ha, its primary killed under load: nothing acknowledged is lost, nothing is done twice, work
 * goes on by itself, and the former primary comes back as a standby.
 */
import { silentLogger } from '@zhiyun/kernel';
import { acquireLease, migrate, openStore, renewLease, type Store } from '@zhiyun/store';
import { skippable, unmet, waitFor } from '@zhiyun/testkit';
import { createTransactionEngine } from '@zhiyun/transaction';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { isIn, LocalCluster } from '../deploy/postgresql-ha/local-cluster.ts';
import { numberTransaction, prepareNumbers, runOperations, writeNumbers } from './src/numbered-load.ts';

const missing = unmet({ programs: ['patroni', 'etcd'] });

const patience = { timeoutMs: 60_000 };

async function counts(store: Store, writer: string): Promise<Map<number, number>> {
  const { rows } = await sql<{ n: number; times: number }>`
    select n, count(*) as times from number where writer = ${writer} group by n`.execute(store.db);
  return new Map(rows.map(({ n, times }) => [n, times]));
}

test.skipIf(missing)(skippable('the primary dies under load', missing), async () => {
  await using cluster = await LocalCluster.start(3);
  const store = await openStore({ url: cluster.url, log: silentLogger });
  await using engine = Object.assign(
    createTransactionEngine({ store, definitions: [numberTransaction], runner: { id: 'runner-1' }, log: silentLogger }),
    { [Symbol.asyncDispose]: () => engine.stop().then(() => store.close()) },
  );
  await migrate(store);
  await prepareNumbers(store);
  await engine.start();
  const longLease = await acquireLease(store, 'long', 'test', 600_000);
  const shortLease = await acquireLease(store, 'short', 'test', 1_000);
  if (!longLease || !shortLease) throw new Error('no lease on an empty database');
  const heard: string[] = [];
  let reconnects = 0;
  await using _listening = await store.listen(
    'bell',
    (payload) => heard.push(payload),
    () => reconnects++,
  );

  const enough = new AbortController();
  const writing = writeNumbers(store, 4, enough.signal);
  const operating = runOperations(engine, 4, enough.signal);
  // When the test fails they end before what they work with does.
  await using _work = {
    async [Symbol.asyncDispose]() {
      enough.abort();
      await Promise.allSettled([writing, operating]);
    },
  };
  const closed = async () => (await counts(store, 'closed')).size;
  await waitFor(async () => (await closed()) > 50, patience);

  const former = await waitFor(() => cluster.primary(), patience);
  const killedMs = performance.now();
  await cluster.killMember(former);
  const heir = await waitFor(() => cluster.primary(), { ...patience, describe: 'a new primary' });
  expect(heir.name).not.toBe(former.name);
  const promotedMs = performance.now();
  const before = await waitFor(closed, { ...patience, describe: 'the store to find the new primary' });
  await waitFor(async () => (await closed()) > before + 50, { ...patience, describe: 'operations to go on' });

  await cluster.startMember(former);
  await waitFor(() => isIn(former, 'replica'), { ...patience, describe: 'the former primary to be a standby' });
  const rejoinedMs = performance.now();
  enough.abort();
  const written = await writing;
  const operations = await operating;

  const direct = await counts(store, 'direct');
  const lost = [...written.acknowledged].filter((n) => !direct.has(n));
  expect(lost, 'acknowledged, and not there').toEqual([]);
  const undead = [...written.refused].filter((n) => direct.has(n));
  expect(undead, 'said to be undone, and there').toEqual([]);
  for (const writer of ['direct', 'opened', 'closed'])
    expect(
      [...(await counts(store, writer))].filter(([, times]) => times !== 1),
      `${writer} twice`,
    ).toEqual([]);
  const ended = await Promise.all(operations.map((id) => engine.waitFor(id, 30_000)));
  expect(ended.filter(({ state }) => state !== 'succeeded')).toEqual([]);
  expect((await counts(store, 'closed')).size).toBe(operations.length);

  expect(await renewLease(store, longLease, 600_000), 'a lease longer than the fail-over was not noticed').toBe(true);
  expect(await renewLease(store, shortLease, 1_000), 'a shorter one has run out').toBe(false);
  expect((await acquireLease(store, 'short', 'other', 1_000))?.epoch).toBe(2);
  expect(reconnects).toBeGreaterThanOrEqual(2);
  await sql`select pg_notify('bell', 'again')`.execute(store.db);
  await waitFor(() => heard.includes('again'), patience);

  const seconds = (ms = Number.NaN) => ((ms - killedMs) / 1000).toFixed(1);
  console.info(
    `primary killed: promoted after ${seconds(promotedMs)} s, written again after ${seconds(
      written.times.find((ms) => ms > promotedMs),
    )} s, rejoined after ${seconds(rejoinedMs)} s; ${written.acknowledged.size} acknowledged, ` +
      `${written.unknown.size} unknown, ${written.refused.size} refused, ${operations.length} operations`,
  );
});
