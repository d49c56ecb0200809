/** The node loses its power and comes back. */
import type { InstanceId } from '@zhiyun/contracts';
import { newId } from '@zhiyun/kernel';
import { beforeEach, expect, test } from 'vitest';
import { waitAfter } from './restart-plan.ts';
import { type Agent, testConfig, World } from './test-world.ts';

let world: World;
let agent: Agent;
const [ran, stopped, off] = Array.from({ length: 3 }, () => newId<InstanceId>()) as [
  InstanceId,
  InstanceId,
  InstanceId,
];

beforeEach(async () => {
  world = new World();
  agent = world.agent();
  await agent.start();
  for (const id of [ran, stopped, off]) {
    await agent.order(id, { kind: 'prepare', generation: 1, config: testConfig(id) });
    if (id !== off) await agent.order(id, { kind: 'start', generation: 2, config: testConfig(id) });
  }
  await agent.order(stopped, { kind: 'stop', generation: 3, timeoutSeconds: 90 });
  agent.kill();
  world.host.restart();
  world.taps.clear();
});

const stateOf = (by: Agent, id: InstanceId) => by.instances.reports().find(({ instanceId }) => instanceId === id);
/** `fails`: the first try. */
async function comesBack({
  fails = false,
  ...options
}: { fails?: boolean } & Parameters<World['agent']>[0] = {}): Promise<{ next: Agent; over: Promise<void> }> {
  const next = world.agent(options);
  await next.start();
  if (fails) {
    world.taps.clear();
    world.failOnce('network');
  }
  const over = next.instances.restartWhatRan();
  await world.clock.advance(1_000);
  return { next, over };
}

test('what ran runs again by itself, what did not stays as it was', async () => {
  const { next, over } = await comesBack();
  await over;
  expect(world.machines()).toEqual([ran]);
  expect(stateOf(next, ran)).toMatchObject({ state: 'running', startedBy: 'node', epoch: 2, stopReason: null });
  expect(stateOf(next, stopped)).toMatchObject({ state: 'stopped', stopReason: 'requested' });
  expect(stateOf(next, off)).toMatchObject({ state: 'prepared' });
  // Ordered the next time, that is what is said.
  await next.order(ran, { kind: 'reboot', generation: 9, timeoutSeconds: 90, config: testConfig(ran) });
  expect(stateOf(next, ran)).toMatchObject({ startedBy: 'order', epoch: 3 });
});

test('where a person is to decide, nothing is started', async () => {
  const { next, over } = await comesBack({ afterRestart: 'leave-stopped' });
  await over;
  expect(world.machines()).toEqual([]);
  expect(stateOf(next, ran)).toMatchObject({ state: 'stopped', stopReason: 'node-restarted' });
});

test('what cannot be started yet is reported, and tried again', async () => {
  const { next } = await comesBack({ fails: true });
  expect(stateOf(next, ran)).toMatchObject({ state: 'stopped', stopReason: 'launch-failed' });
  await world.clock.advance(10_000);
  expect(stateOf(next, ran)).toMatchObject({ state: 'running', startedBy: 'node' });
});

test('an agent that is killed over it leaves it to the next', async () => {
  for (let steps = 1; steps < 12; steps++) {
    const dying = world.agent({ dieAfterSteps: steps });
    await dying.start();
    void dying.instances.restartWhatRan();
    await world.clock.advance(1_000);
    dying.kill();
  }
  await comesBack();
  expect(world.machines()).toEqual([ran]);
  expect(world.runTwice.size).toBe(0);
});

test('whoever orders meanwhile decides', async () => {
  const { next } = await comesBack({ fails: true });
  await next.order(ran, { kind: 'kill', generation: 5 });
  await world.clock.advance(3_600_000);
  expect(world.machines()).toEqual([]);
  expect(world.ledger.get(ran)?.restart).toBeUndefined();
});

test('the tries become rarer, and end', () => {
  const waits = Array.from({ length: 30 }, (_, failures) => waitAfter(failures));
  const given = waits.filter((wait) => wait !== undefined);
  expect(given).toEqual([...given].sort((one, other) => one - other));
  expect(given.length).toBeLessThan(20);
  expect(given.reduce((sum, wait) => sum + wait, 0)).toBeGreaterThan(30 * 60_000);
});
