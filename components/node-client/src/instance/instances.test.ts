import type { InstanceId } from '@zhiyun/contracts';
import { newId } from '@zhiyun/kernel';
import { beforeEach, describe, expect, test } from 'vitest';
import { createFailingLedger } from '../ledger/test-ledgers.ts';
import { type Agent, testConfig, World } from './test-world.ts';

const nothing = { ledger: [], disks: [], taps: [], machines: [] };
let world: World;
let agent: Agent;
const config = testConfig();
const { id } = config;
beforeEach(async () => {
  world = new World();
  agent = world.agent();
  await agent.start();
});

const prepare = (generation: number) => agent.order(id, { kind: 'prepare', generation, config });
const start = (generation: number) => agent.order(id, { kind: 'start', generation, config });
const remove = (generation: number) => agent.order(id, { kind: 'remove', generation });
const stop = (generation: number, timeoutSeconds = 90) => agent.order(id, { kind: 'stop', generation, timeoutSeconds });

test('an instance from beginning to end', async () => {
  expect(await prepare(1)).toMatchObject({ state: 'prepared', stopReason: 'never-started', generation: 1 });
  const running = await start(2);
  expect(running).toMatchObject({ state: 'running', stopReason: null, address: expect.stringMatching(/^100\./) });
  expect(await stop(3)).toMatchObject({ state: 'stopped', stopReason: 'requested', pid: null });
  expect(await start(4)).toMatchObject({ state: 'running' });
  expect(await agent.order(id, { kind: 'kill', generation: 5 })).toMatchObject({ stopReason: 'killed' });
  expect(await remove(6)).toBeUndefined();
  expect(world.leftovers).toEqual(nothing);

  const sequences = agent.changes.map((change) => (change.type === 'gone' ? change.sequence : change.report.sequence));
  expect(sequences).toEqual([...sequences].sort((a, b) => a - b));
  expect(agent.changes.at(-1)).toMatchObject({ type: 'gone', instanceId: id });
});

test('in a smaller range of addresses an instance gets another place, and keeps it', async () => {
  await prepare(1);
  agent.kill();
  world.range = { base: '192.168.7.0', prefixLength: 26 };
  const next = world.agent();
  await next.start();
  const [report] = next.instances.reports();
  expect(report?.address).toMatch(/^192\.168\.7\./);
  expect(world.ledger.get(id)?.places[0]).toBeLessThan(16);
  next.kill();
  const last = world.agent();
  await last.start();
  expect(last.instances.reports()).toMatchObject([{ address: report?.address }]);
});

test('a machine that does not answer is reported, once, until it does; its order to kill needs no answer', async () => {
  const hanging = testConfig(id, 'hang-5s-20s');
  await prepare(1);
  await agent.order(id, { kind: 'start', generation: 2, config: hanging });
  agent.changes.length = 0;
  await world.clock.advance(30_000);
  const reports = agent.changes.flatMap((change) => (change.type === 'instance' ? [change.report] : []));
  expect(reports).toMatchObject([
    { state: 'running', condition: { kind: 'not-responding' } },
    { state: 'running', condition: null },
  ]);
  await agent.order(id, { kind: 'kill', generation: 3 });
  const again = await agent.order(id, { kind: 'start', generation: 4, config: hanging });
  await world.clock.advance(6_000);
  expect(agent.instances.reports()).toMatchObject([{ condition: { kind: 'not-responding' }, epoch: 2 }]);
  expect(again).toMatchObject({ condition: null });
  expect(await agent.order(id, { kind: 'kill', generation: 5 })).toMatchObject({
    stopReason: 'killed',
    condition: null,
  });
});

test('a guest that is not stopped in time goes on, and counts as one that is to run', async () => {
  const deaf = testConfig(id, 'ignore-shutdown');
  await prepare(1);
  await agent.order(id, { kind: 'start', generation: 2, config: deaf });
  await expect(stop(3, 1)).rejects.toMatchObject({ code: 'shutdown-timeout' });
  expect(world.ledger.get(id)?.wanted).toBe('running');
});

describe('generations', () => {
  test('an older order is refused, also after the instance is gone', async () => {
    await prepare(5);
    await expect(start(4)).rejects.toMatchObject({ code: 'stale-generation' });
    await remove(6);
    await expect(prepare(5)).rejects.toMatchObject({ code: 'stale-generation' });
    expect(world.leftovers).toEqual(nothing);
  });

  test('the same order again is answered, not carried out', async () => {
    await prepare(1);
    const first = await start(2);
    expect(await start(2)).toEqual(first);
    world.crashGuest(id);
    await world.clock.settle();
    expect(await start(2)).toMatchObject({ state: 'stopped', stopReason: 'crashed' });
    expect(world.machines()).toEqual([]);
  });

  test('a start that failed is tried again when it is ordered again', async () => {
    await prepare(1);
    const broken = testConfig(id, 'fail-launch');
    await expect(agent.order(id, { kind: 'start', generation: 2, config: broken })).rejects.toMatchObject({
      code: 'launch-failed',
    });
    expect(agent.instances.reports()).toMatchObject([{ state: 'stopped', stopReason: 'launch-failed' }]);
    expect(await start(2)).toMatchObject({ state: 'running' });
  });

  test('a kill ends the waiting of a stop', async () => {
    await prepare(1);
    const deaf = testConfig(id, 'ignore-shutdown');
    await agent.order(id, { kind: 'start', generation: 2, config: deaf });
    const stopping = agent.instances.order(id, { kind: 'stop', generation: 3, timeoutSeconds: 90 });
    await world.clock.advance(10_000);
    const killed = agent.order(id, { kind: 'kill', generation: 4 });
    await expect(stopping).rejects.toMatchObject({ code: 'stale-generation' });
    expect(await killed).toMatchObject({ state: 'stopped', stopReason: 'killed' });
  });
});

describe('shutting down', () => {
  test('a guest that does not listen goes on running, and that is said', async () => {
    await prepare(1);
    await agent.order(id, { kind: 'start', generation: 2, config: testConfig(id, 'ignore-shutdown') });
    const before = world.clock.monotonicMs();
    await expect(stop(3, 30)).rejects.toMatchObject({ code: 'shutdown-timeout' });
    expect(world.clock.monotonicMs() - before).toBeGreaterThanOrEqual(30_000);
    expect(agent.instances.reports()).toMatchObject([{ state: 'running' }]);
  });

  test('a guest that ends by itself is reported at once, with its reason', async () => {
    await prepare(1);
    await start(2);
    world.crashGuest(id);
    await world.clock.settle();
    expect(agent.changes.at(-1)).toMatchObject({ report: { state: 'stopped', stopReason: 'crashed', pid: null } });
  });

  test('a reboot is a new machine, and its stop in between is no news', async () => {
    await prepare(1);
    const first = await start(2);
    agent.changes.length = 0;
    const second = await agent.order(id, { kind: 'reboot', generation: 3, timeoutSeconds: 90, config });
    expect(second).toMatchObject({ state: 'running' });
    expect(second).not.toMatchObject({ pid: first && first !== 'dead' ? first.pid : null });
    expect(agent.changes.map((change) => change.type === 'instance' && change.report.state)).toEqual(['running']);
  });

  test('what is not running is neither reset nor rebooted', async () => {
    await prepare(1);
    await expect(agent.order(id, { kind: 'reset', generation: 2 })).rejects.toMatchObject({ code: 'wrong-state' });
    const reboot = { kind: 'reboot', generation: 3, timeoutSeconds: 9, config } as const;
    await expect(agent.order(id, reboot)).rejects.toMatchObject({ code: 'wrong-state' });
    await expect(agent.order(newId(), { kind: 'reset', generation: 1 })).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('failures', () => {
  test.each(['ledger', 'images', 'disks', 'network'] as const)(
    '%s fails: nothing is left, and the same order may come again',
    async (fault) => {
      const withImage = {
        ...config,
        iso: { id: newId(), format: 'iso9660', sizeBytes: 1, virtualSizeBytes: 1, sha256: '0'.repeat(64) } as never,
      };
      world.failOnce(fault);
      const order = { kind: 'prepare', generation: 1, config: withImage } as const;
      await expect(agent.order(id, order)).rejects.toMatchObject({ code: 'disk-full' });
      expect(world.leftovers).toEqual(nothing);
      expect(await agent.order(id, order)).toMatchObject({ state: 'prepared' });
    },
  );

  test('on a full disk nothing new begins, but what runs can be stopped and removed', async () => {
    await prepare(1);
    await start(2);
    const broken = world.agent({
      ledger: { ...createFailingLedger(), load: async () => ({ entries: [...world.ledger.values()], unreadable: [] }) },
    });
    await broken.start();
    await expect(broken.order(newId(), { kind: 'prepare', generation: 1, config: testConfig() })).rejects.toMatchObject(
      {
        code: 'disk-full',
      },
    );
    expect(await broken.order(id, { kind: 'stop', generation: 3, timeoutSeconds: 90 })).toMatchObject({
      stopReason: 'requested',
    });
    await expect(broken.order(id, { kind: 'start', generation: 4, config })).rejects.toMatchObject({
      code: 'disk-full',
    });
    expect(world.machines()).toEqual([]);
  });
});

describe('a new agent', () => {
  test('takes running guests over as they are', async () => {
    await prepare(1);
    const before = await start(2);
    agent = world.agent();
    await agent.start();
    expect(agent.instances.reports()).toEqual([before]);
    expect(await stop(3)).toMatchObject({ stopReason: 'requested' });
  });

  test('reports what ended meanwhile, with a newer sequence', async () => {
    await prepare(1);
    const before = await start(2);
    world.host.restart();
    agent = world.agent();
    await agent.start();
    const [report] = agent.instances.reports();
    expect(report).toMatchObject({ state: 'stopped', stopReason: 'node-restarted' });
    expect(report?.sequence).toBeGreaterThan(before && before !== 'dead' ? before.sequence : Number.POSITIVE_INFINITY);
  });

  test('cleans what was half made', async () => {
    world.unfinishedDisks.add(newId<InstanceId>());
    world.taps.add('zyabcdef12-1');
    await world.agent().start();
    expect(world.leftovers).toEqual(nothing);
  });

  test('sets disks aside whose record was lost, and the images they may need, until they are removed by order', async () => {
    await prepare(1);
    world.ledger.clear();
    agent = world.agent();
    await agent.start();
    const refusal = { code: 'node-fault', message: expect.stringContaining(id) };
    await expect(prepare(2)).rejects.toMatchObject(refusal);
    await expect(start(3)).rejects.toMatchObject(refusal);
    await expect(agent.instances.forgetImage(newId())).rejects.toMatchObject({ code: 'in-use' });
    expect([...world.disks]).toEqual([id]);
    await remove(4);
    expect(world.leftovers).toEqual(nothing);
    expect(await prepare(5)).toMatchObject({ state: 'prepared' });
  });

  test('never makes an instance over disks that turned up meanwhile', async () => {
    world.disks.add(id);
    await expect(prepare(1)).rejects.toMatchObject({ code: 'node-fault' });
    expect([...world.disks]).toEqual([id]);
  });

  test('a removal that could not withdraw the promise has removed nothing, and the instance starts again', async () => {
    await prepare(1);
    world.failOnce('ledger-removal');
    await expect(remove(2)).rejects.toMatchObject({ code: 'disk-full' });
    expect(await start(3)).toMatchObject({ state: 'running' });
    expect([...world.disks]).toEqual([id]);
  });

  test('leaves a running machine alone that it never promised, until it is removed by order', async () => {
    await prepare(1);
    await start(2);
    world.ledger.clear();
    agent = world.agent();
    await agent.start();
    expect(world.machines()).toEqual([id]);
    expect([...world.disks]).toEqual([id]);
    await expect(prepare(3)).rejects.toMatchObject({ code: 'node-fault' });
    await remove(4);
    expect(world.disks.size).toBe(0);
  });

  test('sets aside what needs a network it does not know, and takes over all others', async () => {
    const other = testConfig();
    await prepare(1);
    await agent.order(other.id, { kind: 'prepare', generation: 1, config: other });
    const entry = world.ledger.get(id);
    if (!entry) throw new Error('it is not in the ledger');
    const [nic] = entry.config.nics;
    const nics = nic ? [{ ...nic, mode: 'of-a-later-release' }] : [];
    world.ledger.set(id, { ...entry, config: { ...entry.config, nics } });
    agent = world.agent();
    await agent.start();
    expect(agent.instances.reports()).toMatchObject([{ instanceId: other.id }]);
    const refusal = { code: 'node-fault', message: expect.stringContaining('of-a-later-release') };
    await expect(start(2)).rejects.toMatchObject(refusal);
    expect(world.disks).toContain(id);
  });

  const [nic, disk] = [config.nics[0], config.disks[0]];
  test.each([
    ['bridged', { nics: [{ ...nic, mode: 'bridged' }] }],
    ['rbd', { disks: [{ ...disk, volume: { driver: 'rbd', locator: 'pool/one' } }] }],
    ['bytesPerSecond', { disks: [{ ...disk, limits: { bytesPerSecond: 1 } }] }],
  ])('begins nothing for what it cannot make (%s), and the next order works', async (word, change) => {
    const wrong = { ...config, ...change } as typeof config;
    const order = { kind: 'prepare', generation: 1, config: wrong } as const;
    await expect(agent.order(id, order)).rejects.toMatchObject({
      code: 'invalid-request',
      message: expect.stringContaining(word),
    });
    expect(world.leftovers).toEqual(nothing);
    expect(await prepare(2)).toMatchObject({ state: 'prepared' });
    await expect(agent.order(id, { ...order, kind: 'start', generation: 3 })).rejects.toMatchObject({
      code: 'invalid-request',
    });
    expect(world.machines()).toEqual([]);
  });

  test('touches nothing of an instance whose record cannot be read', async () => {
    await prepare(1);
    world.ledger.clear();
    agent = world.agent({
      ledger: {
        load: async () => ({ entries: [], unreadable: [{ instanceId: id, path: '/ledger/x', reason: 'not JSON' }] }),
        write: async () => {},
        remove: async () => {},
      },
    });
    await agent.start();
    expect([...world.disks]).toEqual([id]);
    await expect(start(2)).rejects.toMatchObject({ code: 'node-fault', message: expect.stringContaining('/ledger/x') });
    await remove(3);
    expect(world.disks.size).toBe(0);
  });
});

test('an image is kept while an instance needs it', async () => {
  const image = { id: newId(), format: 'raw', sizeBytes: 1, virtualSizeBytes: 1, sha256: '0'.repeat(64) } as never;
  await agent.order(id, { kind: 'prepare', generation: 1, config: { ...config, iso: image } });
  await expect(agent.instances.forgetImage((image as { id: never }).id)).rejects.toMatchObject({ code: 'in-use' });
  await remove(2);
  await agent.instances.forgetImage((image as { id: never }).id);
});
