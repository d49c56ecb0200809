/**
 * A whole cluster on hosts of its own, formed by `join` alone: each kind of component is killed, cut off, healed and moved in
 * turn while clients work, and at the end the books must be right: every operation finished or undone, once; every instance on
 * one node; every account of capacity exact.
 */
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '@zhiyun/kernel';
import { linkThreadName } from '@zhiyun/link';
import { createLab, type Lab, type LabHost, Load, labMissing, skippable, waitFor } from '@zhiyun/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFailed } from 'vitest';
import { type RunningHost, signIn, startHost } from './src/lab-platform.ts';
import { type LabPostgres, startLabPostgres } from './src/lab-postgres.ts';

const missing = labMissing();

const joiners = {
  data2: 'data-server',
  control2: 'control-server',
  control3: 'control-server',
  gateway2: 'http-gateway',
  storage1: 'storage-server',
  storage2: 'storage-server',
  node1: 'node-client',
  node2: 'node-client',
  node3: 'node-client',
  node4: 'node-client',
} as const;
type Joiner = keyof typeof joiners;

const MiB = 1024 ** 2;
const create = {
  name: 'create',
  method: 'POST',
  path: '/api/v1/instances',
  body: { name: 'web-{n}', cores: 1, memoryBytes: 32 * MiB, disks: [{ sizeBytes: 64 * MiB }] },
} as const;
const readers = [
  { name: 'list', method: 'GET', path: '/api/v1/instances?limit=50', weight: 4 },
  { name: 'system', method: 'GET', path: '/api/v1/system', weight: 1 },
] as const;

describe.skipIf(missing)(skippable('a cluster', missing), () => {
  let lab: Lab;
  let postgres: LabPostgres;
  let founder: RunningHost;
  let client: Awaited<ReturnType<typeof signIn>>;
  const running = new Map<Joiner, RunningHost>();
  /** Every answer that a client has had. */
  const answers: Load['answers'] = [];

  beforeAll(async () => {
    lab = await createLab({ hosts: ['db', 'one', ...Object.keys(joiners), 'clients'], networks: 2 });
    postgres = await startLabPostgres(lab, lab.host('db'));
    const one = lab.host('one');
    await writeFile(join(one.home, 'config.json'), JSON.stringify({ database: { url: postgres.url } }));
    founder = await startHost(one, 'up', '--role', 'data-server,control-server,http-gateway');
    client = await signIn(founder);
    await client.updateComputePool({ params: { id: 'default' }, body: { cpuOvercommit: 64 } });
  });
  afterAll(async () => {
    await lab?.[Symbol.asyncDispose]();
  });
  beforeEach(() => {
    onTestFailed(() => console.log(lab.report()));
  });

  const members = async () => (await client.listComponents({ query: { limit: 100 } })).items;
  const stateOf = async (name: string) => (await members()).find((component) => component.name === name)?.state;
  /** Throws with what is not. */
  const allOnline = async () => {
    const components = await members();
    const nameOf = (id: string) => components.find((component) => component.id === id)?.name ?? id;
    const { items: links } = await client.listLinks({ query: { limit: 500 } });
    const missed = [
      ...components.filter(({ state }) => state !== 'online').map(({ name, state }) => `${name} is ${state}`),
      ...links
        .filter(({ state }) => state !== 'online')
        .map(({ from, to, state }) => `${nameOf(from)} sees ${nameOf(to)} ${state}`),
    ];
    if (missed.length > 0) throw new Error(missed.join(', '));
    return true;
  };
  const since = (start: number) => `${((performance.now() - start) / 1000).toFixed(1)} s`;

  /** Clients that work through the founder's gateway while something happens. */
  async function underLoad(ratePerSecond: number, happening: () => Promise<void>): Promise<Load> {
    const url = `https://${founder.host.address}:${new URL(founder.info.url ?? '').port}`;
    const load = await Load.start(lab.host('clients'), {
      baseUrls: [url],
      requests: [create, ...readers],
      ratePerSecond,
      token: client.token,
      ca: await lab.host('one').exec('cat', [founder.info.caFile]),
    });
    try {
      await waitFor(() => load.answers.length > 0, { describe: 'the first answer' });
      await happening();
    } finally {
      answers.push(...(await load.stop()));
    }
    return load;
  }
  const sawNoFailure = (load: Load) => expect(load.failed, 'what clients saw fail').toEqual([]);

  /** As many requests a second as this machine answers at once while nothing happens: what it cannot carry anyway would prove nothing. */
  async function carriedRate(highest: number): Promise<number> {
    for (let rate = highest; rate > highest / 16; rate = Math.floor(rate / 2)) {
      const load = await underLoad(rate, () => systemClock.sleep(3_000));
      if (load.failed.length === 0 && load.quantileMs(0.99) < 1_000) return rate;
      console.log(`${rate} requests/s are too many for this machine now: p99 ${load.quantileMs(0.99).toFixed(0)} ms`);
    }
    throw new Error('This machine is too busy to carry any load.');
  }

  /** What an earlier test has left cut, moved or dead must not fail under the name of a later one. */
  async function makeWhole(): Promise<void> {
    await lab.heal();
    for (const [name, { process: last }] of running)
      if (last.end !== undefined) running.set(name, await startHost(lab.host(name), 'up'));
    await waitFor(allOnline, { describe: 'the cluster to be whole before the test', timeoutMs: 120_000 });
  }

  it('forms itself by join alone', async () => {
    const { token } = await client.createJoinToken({
      body: { roles: [...new Set(Object.values(joiners))], uses: null },
    });
    // These two as if there were hundreds of nodes.
    for (const name of ['control2', 'control3'] as const)
      await writeFile(join(lab.host(name).home, 'config.json'), JSON.stringify({ linkThreadAboveNodes: 0 }));
    const start = performance.now();
    for (const [name, role] of Object.entries(joiners) as [Joiner, string][])
      running.set(name, await startHost(lab.host(name), 'join', '--token', token, '--role', role));
    await waitFor(allOnline, { describe: 'every component and every link to be online', timeoutMs: 60_000 });
    console.log(`${running.size} hosts joined one after the other: ${since(start)}`);
    const threads = await lab.host('control3').exec('sh', ['-c', 'cat /proc/[0-9]*/task/*/comm 2>/dev/null || true']);
    expect(threads).toContain(linkThreadName);
    const types = (await members()).map(({ type }) => type).sort();
    expect(types).toEqual([...Object.values(joiners), 'control-server', 'data-server', 'http-gateway'].sort());
  });

  it('loses one of three Control Servers under load, and no client sees it', async () => {
    await makeWhole();
    const rate = await carriedRate(200);
    const load = await underLoad(rate, async () => {
      await waitFor(() => running.get('control2')?.process.end === undefined);
      await systemClock.sleep(3_000);
      await lab.host('control2').kill('all');
      await systemClock.sleep(7_000);
    });
    console.log(
      `${rate} requests/s, one of three killed: ${load.answers.length} answered, p50 ${load.quantileMs(0.5).toFixed(0)} ms, p99 ${load.quantileMs(0.99).toFixed(0)} ms`,
    );
    running.set('control2', await startHost(lab.host('control2'), 'up'));
    await waitFor(allOnline, { describe: 'the Control Server to be back' });
    sawNoFailure(load);
  });

  describe.each(['data2', 'control3', 'gateway2', 'storage2', 'node4'] as const)('%s', (name) => {
    const host = (): LabHost => lab.host(name);
    beforeEach(makeWhole, 180_000);
    beforeEach(() => {
      onTestFailed(async () =>
        console.log(await host().exec('tail', ['-n', '40', join(host().home, 'log', 'platform.log')])),
      );
    });

    it('is killed and comes back', async () => {
      const load = await underLoad(12, async () => {
        await host().kill('all');
        let start = performance.now();
        await waitFor(async () => (await stateOf(name)) === 'gone', { describe: 'its loss to be seen' });
        const lost = since(start);
        running.set(name, await startHost(host(), 'up'));
        start = performance.now();
        await waitFor(allOnline, { describe: 'everything to be online again' });
        console.log(`${name} killed: gone after ${lost}; ready again: everything online after ${since(start)}`);
      });
      sawNoFailure(load);
    });

    it('is cut off and healed', async () => {
      const load = await underLoad(12, async () => {
        await lab.cut(host());
        let start = performance.now();
        await waitFor(async () => (await stateOf(name)) === 'gone', { describe: 'its loss to be seen' });
        const lost = since(start);
        await lab.heal(host());
        start = performance.now();
        await waitFor(allOnline, { describe: 'everything to be online again' });
        console.log(`${name} cut off: gone after ${lost}; healed: everything online after ${since(start)}`);
      });
      sawNoFailure(load);
    });

    it('moves to another network', async () => {
      const load = await underLoad(12, async () => {
        await lab.move(host(), { network: 1 });
        const start = performance.now();
        const moved = async () =>
          (await members()).some(
            (component) =>
              component.name === name && component.addresses.some((address) => address.includes(host().address)),
          );
        await waitFor(async () => (await moved()) && (await allOnline()), {
          describe: 'everything to be online again',
        });
        console.log(`${name} moved: everything online after ${since(start)}`);
      });
      sawNoFailure(load);
    });
  });

  it('has kept its books', async () => {
    await waitFor(async () => (await client.listOperations({ query: { active: 'true' } })).items.length === 0, {
      describe: 'all operations to settle',
      timeoutMs: 60_000,
    });
    const begun = answers.filter(({ name, status }) => name === 'create' && status === 202);
    const operations = new Map(
      (await postgres.query(`select id, state, target_id from operation where kind = 'instance.create'`)).map(
        ([id = '', state = '', target = '']) => [id, { state, target }],
      ),
    );
    // Once each: as many operations as clients have begun, and none besides.
    expect(new Set(begun.map(({ id }) => id)).size).toBe(begun.length);
    expect([...operations.keys()].sort()).toEqual(begun.map(({ id }) => id).sort());

    const instances = new Map(
      (await postgres.query('select id, node_id from instance')).map(([id = '', node = '']) => [id, node]),
    );
    const succeeded = [...operations.values()].filter(({ state }) => state === 'succeeded');
    expect([...instances.keys()].sort()).toEqual(succeeded.map(({ target }) => target).sort());
    const failed = operations.size - succeeded.length;
    console.log(`${begun.length} instances ordered: ${succeeded.length} made, ${failed} undone`);
    expect(succeeded.length).toBeGreaterThan(0);

    // On the node that the books say, and on no other.
    const found = new Map<string, string>();
    for (const { id, name } of (await client.listNodes({})).items) {
      for (const instance of await readdir(join(lab.host(name).home, 'node-client', 'instances'))) {
        expect(found.has(instance), `${instance} on ${name} only`).toBe(false);
        found.set(instance, id);
      }
    }
    expect(found).toEqual(instances);

    const accounts = await postgres.query(`
      select node.name, cores.promised - coalesce(sum(instance.cores), 0),
        memory.promised - coalesce(sum(instance.memory_bytes), 0), instances.promised - count(instance.id)
      from node left join instance on instance.node_id = node.id
      join account cores on cores.owner_id = node.id and cores.resource = 'cores'
      join account memory on memory.owner_id = node.id and memory.resource = 'memory-bytes'
      join account instances on instances.owner_id = node.id and instances.resource = 'instances'
      group by node.id, cores.promised, memory.promised, instances.promised order by node.name`);
    expect(accounts).toEqual(['node1', 'node2', 'node3', 'node4'].map((name) => [name, '0', '0', '0']));
  });
});
