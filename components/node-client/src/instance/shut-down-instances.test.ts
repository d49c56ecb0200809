import type { InstanceId } from '@zhiyun/contracts';
import { newId } from '@zhiyun/kernel';
import { beforeEach, expect, test } from 'vitest';
import { type Agent, testConfig, World } from './test-world.ts';

let world: World;
let agent: Agent;
let lines: string[];
beforeEach(async () => {
  world = new World();
  agent = world.agent();
  lines = [];
  await agent.start();
});

async function run(...names: string[]): Promise<InstanceId[]> {
  const ids = names.map(() => newId<InstanceId>());
  for (const [index, id] of ids.entries()) {
    const config = testConfig(id, names[index]);
    await agent.order(id, { kind: 'prepare', generation: 1, config });
    await agent.order(id, { kind: 'start', generation: 2, config });
  }
  return ids;
}
/** Answers in how many seconds all was over. */
async function shutDown({ giveUpAfterMs = Number.POSITIVE_INFINITY } = {}): Promise<number> {
  const giveUp = new AbortController();
  const began = world.clock.monotonicMs();
  let over = false;
  const progress = (line: string) => void lines.push(line);
  const work = agent.instances.shutDownAll({ timeoutMs: 60_000, signal: giveUp.signal, progress }).then(() => {
    over = true;
  });
  while (!over) {
    if (world.clock.monotonicMs() - began >= giveUpAfterMs) giveUp.abort();
    await world.clock.advance(100);
  }
  await work;
  return (world.clock.monotonicMs() - began) / 1000;
}
const reasonOf = (id: InstanceId) => agent.instances.reports().find(({ instanceId }) => instanceId === id)?.stopReason;

test('all are asked together under one deadline, and the deaf are powered off', async () => {
  const ids = await run('a', 'b-ignore-shutdown', 'c-ignore-shutdown', 'd');
  const seconds = await shutDown();
  expect(seconds).toBeGreaterThanOrEqual(60);
  expect(seconds).toBeLessThan(65);
  expect(world.machines()).toEqual([]);
  expect(ids.map(reasonOf)).toEqual(['requested', 'killed', 'killed', 'requested']);
  expect(lines[0]).toMatch(/a, b-ignore-shutdown, c-ignore-shutdown, d; at most 60 s/);
  expect(lines).toContain('d: shut down');
  expect(lines).toContain('waiting for b-ignore-shutdown, c-ignore-shutdown, 50 s left');
  expect(lines.at(-1)).toMatch(/powered off/);
});

test('guests that listen do not wait for the deadline', async () => {
  await run('a', 'b');
  expect(await shutDown()).toBeLessThan(3);
});

test('who cannot wait leaves running what still runs, and it counts as running', async () => {
  const [deaf] = await run('deaf-ignore-shutdown', 'b');
  expect(await shutDown({ giveUpAfterMs: 2_000 })).toBeLessThan(5);
  expect(world.machines()).toEqual([deaf]);
  expect(lines).toContain('deaf-ignore-shutdown: still runs, and is left running');
  expect(world.ledger.get(deaf as InstanceId)?.wanted).toBe('running');
});

test('an order that waits for a guest is given up, and no new one starts anything meanwhile', async () => {
  const [deaf] = (await run('deaf-ignore-shutdown')) as [InstanceId];
  const stopping = agent.order(deaf, { kind: 'stop', generation: 3, timeoutSeconds: 3600 });
  stopping.catch(() => {});
  await world.clock.advance(1_000);
  const down = shutDown();
  const config = testConfig(deaf);
  await expect(agent.instances.order(deaf, { kind: 'start', generation: 9, config })).rejects.toMatchObject({
    code: 'unavailable',
  });
  expect(await down).toBeLessThan(65);
  await expect(stopping).rejects.toMatchObject({ code: 'unavailable' });
  expect(world.machines()).toEqual([]);
});

test('nothing runs: nothing is said', async () => {
  expect(await shutDown()).toBeLessThan(1);
  expect(lines).toEqual([]);
});
