/** Whatever is ordered, whatever fails and whenever the agent dies: the next start mends it. */
import type { InstanceId } from '@zhiyun/contracts';
import { newId } from '@zhiyun/kernel';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Order } from './order.ts';
import { type Agent, type Fault, testConfig, World } from './test-world.ts';

const ids = [newId<InstanceId>(), newId<InstanceId>(), newId<InstanceId>()];
const names = ['web', 'ignore-shutdown', 'fail-launch', 'die-after-1s'];

interface Step {
  instance: number;
  kind: Order['kind'];
  name: number;
  /** 0: the same generation as before; below: an older one. */
  newer: number;
  fault: Fault | undefined;
  guestCrashes: boolean;
  nodeRestarts: boolean;
  /** The agent of this step dies after so many of its own steps. */
  dieAfterSteps: number | undefined;
}
const step: fc.Arbitrary<Step> = fc.record({
  instance: fc.nat({ max: ids.length - 1 }),
  kind: fc.constantFrom('prepare', 'prepare', 'start', 'start', 'stop', 'kill', 'reboot', 'reset', 'remove'),
  name: fc.nat({ max: names.length - 1 }),
  newer: fc.integer({ min: -1, max: 2 }),
  fault: fc.option(fc.constantFrom<Fault>('disks', 'network', 'images', 'ledger', 'ledger-removal'), {
    nil: undefined,
    freq: 4,
  }),
  guestCrashes: fc.boolean(),
  nodeRestarts: fc.nat({ max: 9 }).map((dice) => dice === 0),
  dieAfterSteps: fc.option(fc.integer({ min: 1, max: 20 }), { nil: undefined, freq: 2 }),
});

function orderOf({ kind, instance, name }: Step, generation: number): Order {
  const config = testConfig(ids[instance], names[name]);
  return { kind, generation, config, timeoutSeconds: 3 } as Order;
}

async function play(world: World, steps: readonly Step[]): Promise<Agent> {
  const generations = ids.map(() => 1);
  let agent = world.agent();
  await agent.start();
  for (const now of steps) {
    const id = ids[now.instance] as InstanceId;
    if (now.guestCrashes) world.crashGuest(id);
    if (now.nodeRestarts) world.host.restart();
    if (now.dieAfterSteps !== undefined || now.nodeRestarts) {
      agent.kill();
      agent = world.agent({ dieAfterSteps: now.dieAfterSteps ?? Number.POSITIVE_INFINITY });
      await agent.start();
    }
    world.failOnce(now.fault);
    const generation = Math.max(1, (generations[now.instance] ?? 1) + now.newer);
    generations[now.instance] = Math.max(generation, generations[now.instance] ?? 1);
    await agent.order(id, orderOf(now, generation)).catch(() => {});
    world.failOnce(undefined);
    if (now.dieAfterSteps !== undefined) {
      agent.kill();
      agent = world.agent();
      await agent.start();
    }
  }
  return agent;
}

test('random orders, failures and crashes converge, and nothing is left after removal', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
      const world = new World();
      (await play(world, steps)).kill();
      const agent = world.agent();
      await agent.start();

      expect(world.runTwice.size).toBe(0);
      const reports = agent.instances.reports();
      const promised = [...world.ledger.keys()].sort();
      expect(reports.map(({ instanceId }) => instanceId).sort()).toEqual(promised);
      expect([...world.disks].sort()).toEqual(promised);
      expect(world.unfinishedDisks.size).toBe(0);
      expect(world.taps.size).toBe(promised.length);
      const running = reports.filter(({ state }) => state === 'running').map(({ instanceId }) => instanceId);
      expect(running.sort()).toEqual(world.machines().sort());

      for (const id of ids) await agent.order(id, { kind: 'remove', generation: 1_000 });
      expect(world.leftovers).toEqual({ ledger: [], disks: [], taps: [], machines: [] });
      expect(agent.instances.reports()).toEqual([]);
    }),
    { numRuns: 150 },
  );
}, 60_000);

test('after any history, a ledger that is lost costs no disk; what was unfinished is cleaned all the same', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
      const world = new World();
      (await play(world, steps)).kill();
      const whole = [...world.disks];
      world.ledger.clear();
      const agent = world.agent();
      await agent.start();
      expect([...world.disks]).toEqual(whole);
      expect(world.unfinishedDisks.size).toBe(0);

      for (const id of whole) {
        for (const kind of ['prepare', 'start'] as const) {
          const order = { kind, generation: 1_000, config: testConfig(id) };
          await expect(agent.order(id, order)).rejects.toMatchObject({ code: 'node-fault' });
        }
      }
      expect([...world.disks]).toEqual(whole);
      for (const id of whole) await agent.order(id, { kind: 'remove', generation: 1_001 });
      expect(world.disks.size + world.unfinishedDisks.size).toBe(0);
      expect(agent.instances.anyRuns).toBe(false);
    }),
    { numRuns: 150 },
  );
}, 60_000);

const orders = ['prepare', 'start', 'stop', 'kill', 'reboot', 'reset', 'remove'] as const;
test.each(orders)(
  'killed at every single step of a %s, the same order finishes afterwards',
  async (kind) => {
    const [id] = ids as [InstanceId];
    const config = testConfig(id);
    let died = 0;
    for (let dieAfterSteps = 1; ; dieAfterSteps++) {
      const world = new World();
      const before = world.agent();
      await before.start();
      if (kind !== 'prepare') await before.order(id, { kind: 'prepare', generation: 1, config });
      if (kind !== 'prepare' && kind !== 'start') await before.order(id, { kind: 'start', generation: 2, config });

      before.kill();

      const order = { kind, generation: 3, config, timeoutSeconds: 90 } as Order;
      const mortalAgent = world.agent({ dieAfterSteps });
      await mortalAgent.start();
      const answer = await mortalAgent.order(id, order);
      if (answer === 'dead') died++;
      // Only a removal ends what was prepared, also for one who has lost the ledger.
      if (kind !== 'prepare' && kind !== 'remove') expect([...world.disks]).toEqual([id]);

      const after = world.agent();
      await after.start();
      expect([...world.disks]).toEqual([...world.ledger.keys()]);
      expect(world.unfinishedDisks.size).toBe(0);
      const report = await after.order(id, order);
      const running = kind === 'start' || kind === 'reboot' || kind === 'reset';
      const expected = running ? 'running' : kind === 'prepare' ? 'prepared' : 'stopped';
      if (kind === 'remove') expect(world.leftovers).toEqual({ ledger: [], disks: [], taps: [], machines: [] });
      else expect(report).toMatchObject({ state: expected, generation: 3 });
      expect(world.machines()).toEqual(running ? [id] : []);
      expect(world.runTwice.size).toBe(0);
      if (answer !== 'dead') break;
    }
    expect(died).toBeGreaterThan(2);
  },
  60_000,
);
