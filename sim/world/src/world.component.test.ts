import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GiB } from '@zhiyun/contracts';
import { waitFor } from '@zhiyun/testkit';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { ended } from './furnish.ts';
import { startFurnishedWorld } from './furnished.ts';
import { insecureFetch } from './insecure-fetch.ts';
import type { World } from './world.ts';

let world: World;
let consoleDirectory: string;
beforeAll(async () => {
  consoleDirectory = await mkdtemp(join(tmpdir(), 'zhiyun-console-'));
  await writeFile(join(consoleDirectory, 'index.html'), '<title>console</title>');
  await writeFile(join(consoleDirectory, 'pages.json'), '["/"]');
  world = await startFurnishedWorld({ postgresUrl: inject('postgresUrl'), consoleDirectory, instances: 6 });
});
afterAll(async () => {
  await world?.[Symbol.asyncDispose]();
  await rm(consoleDirectory, { recursive: true });
});

test('it is furnished by what people do, and one node is away', async () => {
  const { admin } = world;
  const states = async () =>
    Object.fromEntries((await admin.listInstances()).items.map(({ name, state }) => [name, state] as const));
  await waitFor(async () => (await states())['lost-1'] === 'unknown');
  await waitFor(async () => (await states())['crashed-1'] === 'stopped');
  expect(await states()).toMatchObject({ 'web-1': 'running', '测试机-01': 'stopped' });
  const images = (await admin.listImages()).items.map(({ name, state }) => [name, state]);
  expect(images).toContainEqual(['debian-13-cloud', 'ready']);
  expect(images).toContainEqual(['alpine-broken', 'failed']);
  await insecureFetch(`${world.url}/`).then(async (answer) => expect(await answer.text()).toContain('console'));
});

test('work behind the gate waits, and is done when it opens', async () => {
  const { admin, gate } = world;
  gate.hold();
  const begun = await admin.createInstance({ body: { name: 'held', cores: 1, memoryBytes: 1 * GiB } });
  const looked = await admin.getOperation({ params: { id: begun.id }, query: { waitSeconds: 1 } });
  expect(looked.state).toBe('running');
  gate.open();
  expect((await ended(world, begun)).state).toBe('succeeded');
});

test('a component leaves and comes back as the same; a new server joins by a token', async () => {
  const { admin } = world;
  const stateOf = async (name: string, type: string) =>
    (await admin.listComponents()).items.find((each) => each.name === name && each.type === type)?.state;
  await world.leave('node-2', 'storage-server');
  await waitFor(async () => (await stateOf('node-2', 'storage-server')) === 'gone');
  await world.comeBack('node-2', 'storage-server');
  await waitFor(async () => (await stateOf('node-2', 'storage-server')) === 'online');
  const { token } = await admin.createJoinToken({ body: { roles: ['storage-server'] } });
  await world.join('node-9', token, ['storage-server']);
  await waitFor(async () => (await stateOf('node-9', 'storage-server')) === 'online');
});

test('the way to the gateway stands still, goes on, and breaks off', async () => {
  const ask = () => insecureFetch(`${world.url}/healthz`).then(({ status }) => status);
  expect(await ask()).toBe(200);
  world.door.standStill();
  const late = ask();
  expect(await Promise.race([late, new Promise((done) => setTimeout(() => done('nothing'), 200))])).toBe('nothing');
  world.door.goOn();
  expect(await late).toBe(200);
  world.door.cut();
  await waitFor(async () => (await ask()) === 200);
});
