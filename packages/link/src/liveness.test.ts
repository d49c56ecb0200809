/** Peers that fall silent or die without a word, as processes of their own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ComponentId } from '@zhiyun/contracts';
import { silentLogger, systemClock } from '@zhiyun/kernel';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { joinDomain } from './membership/join-domain.ts';
import { createMemoryDomain } from './memory/memory-domain.ts';
import { peerStateOf } from './peer/peer-state.ts';
import { type SmallDataServer, startSmallDataServer } from './testing/small-data-server.ts';
import { seen, testHandlers, testTable } from './testing/tables.ts';
import type { Member, PeerState } from './types.ts';

let dataServer: SmallDataServer;
let homes: string[];
let control: Member;

async function newHome(): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'zhiyun-link-'));
  homes.push(home);
  return home;
}

async function startNode(home: string): Promise<{ child: ChildProcess; id: ComponentId }> {
  const script = join(import.meta.dirname, 'testing', 'node-process.ts');
  const child = spawn(process.execPath, [script, home, dataServer.token], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [id] = await once(child.stdout, 'data');
  return { child, id: String(id).trim() as ComponentId };
}

beforeEach(async () => {
  homes = [];
  dataServer = await startSmallDataServer();
  const { token } = dataServer;
  const at = {
    home: await newHome(),
    type: 'control-server',
    name: 'c1',
    version: '1',
    endpointHosts: ['127.0.0.1'],
    dataServers: [],
    token,
  } as const;
  control = await joinDomain({ ...at, clock: systemClock, log: silentLogger });
  await control.start();
});
afterEach(async () => {
  await control[Symbol.asyncDispose]();
  await dataServer[Symbol.asyncDispose]();
  for (const home of homes) await rm(home, { recursive: true });
});

test('a frozen process is suspect after 3 s, gone after 5 s, and online again when it goes on', {
  timeout: 30_000,
}, async () => {
  const { child, id } = await startNode(await newHome());
  await seen(control, { id }, 'online');
  const client = control.peer(id)?.as(testTable);
  const waiting = client?.wait({}, { timeoutMs: 60_000 });
  const since = systemClock.monotonicMs();
  const states: [PeerState, number][] = [];
  using _changes = control.onPeer(({ state }) => states.push([state, systemClock.monotonicMs() - since]));
  // Its word comes in the moment in which the node becomes suspect to us, which a busy machine then passes over.
  dataServer.saysGone = false;
  child.kill('SIGSTOP');
  try {
    await expect(waiting).rejects.toMatchObject({ code: 'unavailable' });
    expect(states.map(([state]) => state)).toEqual(['suspect', 'gone']);
    const [suspect = 0, gone = 0] = states.map(([, at]) => at);
    expect(suspect).toBeGreaterThan(1_900);
    expect(suspect).toBeLessThan(15_000);
    expect(gone).toBeGreaterThan(3_900);
    expect(gone).toBeLessThan(20_000);
    child.kill('SIGCONT');
    await seen(control, { id }, 'online');
    expect((await client?.greet({ name: 'again' }))?.text).toContain('again');
  } finally {
    child.kill('SIGKILL');
  }
});

test('a killed process breaks its calls and streams at once, and is found again at its old place', {
  timeout: 30_000,
}, async () => {
  const home = await newHome();
  const first = await startNode(home);
  await seen(control, first, 'online');
  const address = control.peer(first.id)?.address;
  const client = control.peer(first.id)?.as(testTable);
  const { promise: ticked, resolve: tick } = Promise.withResolvers<unknown>();
  const ticking = expect(client?.tick({}, tick)).rejects.toMatchObject({ code: 'unavailable' });
  await ticked;
  const waiting = client?.wait({}, { timeoutMs: 60_000 });
  const broken = expect(waiting).rejects.toMatchObject({ code: 'unavailable' });
  first.child.kill('SIGKILL');
  await Promise.all([ticking, broken]);
  const second = await startNode(home);
  try {
    expect(second.id).toBe(first.id);
    await seen(control, second, 'online');
    expect(control.peer(second.id)?.address).toEqual(address);
  } finally {
    second.child.kill('SIGKILL');
  }
});

test('what is said of a silent peer', () => {
  const heard = { heard: true, saidGoodbye: false };
  expect([0, 2_999, 3_000, 4_999, 5_000].map((silentMs) => peerStateOf({ ...heard, silentMs }))).toEqual([
    'online',
    'online',
    'suspect',
    'suspect',
    'gone',
  ]);
  expect(peerStateOf({ heard: false, saidGoodbye: false, silentMs: 10 })).toBe('connecting');
  expect(peerStateOf({ heard: false, saidGoodbye: true, silentMs: 10 })).toBe('gone');
});

test('in memory, links are cut and healed, members killed and joined again', async () => {
  const domain = createMemoryDomain();
  const node = domain.join({ type: 'node-client', name: 'n' });
  const boss = domain.join({ type: 'control-server', name: 'c' });
  const { handlers } = testHandlers();
  node.serve(testTable, handlers);
  await node.start();
  await boss.start();
  expect(boss.onlinePeers('node-client')).toHaveLength(1);
  const client = boss.peer(node.id)?.as(testTable);
  const waiting = client?.wait({});
  domain.cut(boss, node);
  await expect(waiting).rejects.toMatchObject({ code: 'unavailable' });
  await expect(client?.greet({ name: 'x' })).rejects.toMatchObject({ code: 'unavailable' });
  domain.heal(node, boss);
  await seen(boss, node, 'online');
  expect(await client?.greet({ name: 'x' })).toMatchObject({ caller: 'control-server' });
  await domain.kill(node);
  expect(boss.peer(node.id)?.isConnected).toBe(false);
  expect(boss.onlinePeers('node-client')).toEqual([]);
  const again = domain.join({ type: 'node-client', name: 'n', id: node.id });
  again.serve(testTable, handlers);
  await again.start();
  await seen(boss, again, 'online');
  await boss[Symbol.asyncDispose]();
  await again[Symbol.asyncDispose]();
});
