/**
 * A domain that forms itself between the hosts of a lab: found, joined, left, lost, moved, and kept shut to everybody else.
 * Real processes and links; only the instances are pretended. One story, told in order.
 */
import { cp, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Component } from '@zhiyun/contracts';
import { formatJoinToken, parseJoinToken } from '@zhiyun/link';
import { createLab, type Lab, type LabHost, labMissing, skippable, waitFor } from '@zhiyun/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFailed } from 'vitest';
import { type RunningHost, refusedJoin, signIn, startHost } from './src/lab-platform.ts';

const missing = labMissing();

type Client = Awaited<ReturnType<typeof signIn>>;
type Role = Component['type'];
/** What is measured is printed; a busy machine must not fail by it. */
const slowestMs = 30_000;

describe.skipIf(missing)(skippable('a domain', missing), () => {
  let lab: Lab;
  let one: LabHost;
  let two: LabHost;
  let three: LabHost;
  let founder: RunningHost;
  let second: RunningHost;
  let stranger: RunningHost;
  let client: Client;

  beforeAll(async () => {
    lab = await createLab({ hosts: ['one', 'two', 'three', 'other'], networks: 2 });
    [one, two, three] = [lab.host('one'), lab.host('two'), lab.host('three')];
    founder = await startHost(one, 'up');
    client = await signIn(founder);
  });
  afterAll(async () => {
    await lab?.[Symbol.asyncDispose]();
  });
  beforeEach(() => {
    onTestFailed(() => console.log(lab.report()));
  });

  async function invite(roles: Role[], uses?: number): Promise<{ id: string; token: string }> {
    return client.createJoinToken({ body: { roles, uses: uses ?? null } });
  }
  /** A token that does not say where the Data Servers are. */
  function withoutAddresses(token: string): string {
    const { caSha256, secret } = parseJoinToken(token);
    return formatJoinToken({ caSha256, secret });
  }
  async function componentsOf(host: LabHost): Promise<Component[]> {
    const { items } = await client.listComponents({ query: { limit: 100 } });
    return items.filter(({ name }) => name === host.name);
  }
  /** The last that joined there. */
  async function nodeOf(host: LabHost): Promise<Component> {
    const nodes = (await componentsOf(host)).filter(({ type }) => type === 'node-client');
    const node = nodes.toSorted((x, y) => x.joinedAt.localeCompare(y.joinedAt)).at(-1);
    if (!node) throw new Error(`${host.name} is no node`);
    return node;
  }
  async function isUsable(host: LabHost): Promise<boolean> {
    const node = await nodeOf(host);
    const { items } = await client.listNodes({});
    return items.some(({ id, state }) => id === node.id && state === 'online');
  }
  /** The links from and to the node of a host, as those who have them report them; Data Servers report none. */
  async function linksOf(host: LabHost): Promise<string[]> {
    const { id } = await nodeOf(host);
    const { items } = await client.listLinks({ query: { component: id, limit: 100 } });
    return items.map(({ from, state }) => `${from === id ? 'out' : 'in'} ${state}`).sort();
  }
  const allOnline = [...Array(3).fill('in online'), ...Array(4).fill('out online')];
  const since = (start: number) => Math.round(performance.now() - start);

  it('is joined by who finds it in the network, and is usable at once', async () => {
    const token = withoutAddresses((await invite(['node-client'])).token);
    const start = performance.now();
    second = await startHost(two, 'join', '--token', token, '--role', 'node-client');
    await waitFor(() => isUsable(two), { describe: 'the second node to be online' });
    const ms = since(start);
    console.log(`joined by discovery: ready after ${second.readyMs.toFixed(0)} ms, usable after ${ms} ms`);
    expect(ms).toBeLessThan(slowestMs);
    await waitFor(async () => (await linksOf(two)).join() === allOnline.join(), { describe: 'all its links' });
  });

  it('lets nobody in by a token that is wrong, of other roles, used up or revoked', async () => {
    const { token, id } = await invite(['node-client']);
    const { caSha256, secret, dataServers = [] } = parseJoinToken(token);
    const forged = formatJoinToken({ caSha256, secret: [...secret].reverse().join(''), dataServers });
    const as = (text: string, role = 'node-client') => refusedJoin(three, '--token', text, '--role', role);
    expect(await as(forged)).toMatch(/token/);
    expect(await as(token.slice(0, -30))).toMatch(/not a join token/);
    expect(await as(token, 'storage-server')).toMatch(/is for node-client, not for a storage-server/);
    await client.revokeJoinToken({ params: { id } });
    expect(await as(token)).toMatch(/token/);
    const { token: once } = await invite(['node-client'], 1);
    const third = await startHost(three, 'join', '--token', once, '--role', 'node-client');
    expect(await refusedJoin(lab.host('other'), '--token', once, '--role', 'node-client')).toMatch(/token/);
    await third.process.kill();
    await waitFor(async () => (await nodeOf(three)).state === 'gone', { describe: 'a clean stop to be told' });
    expect(await componentsOf(lab.host('other'))).toEqual([]);
  });

  it('takes a member back without a token, also after kill -9', async () => {
    const before = await nodeOf(two);
    await second.process.kill('SIGKILL');
    const start = performance.now();
    second = await startHost(two, 'up');
    await waitFor(async () => (await isUsable(two)) && (await linksOf(two)).join() === allOnline.join(), {
      describe: 'the second node to be back',
    });
    console.log(
      `back after kill -9: ready after ${second.readyMs.toFixed(0)} ms, with all links after ${since(start)} ms`,
    );
    expect((await nodeOf(two)).id).toBe(before.id);
  });

  it('sees who is cut off as gone within 6 s, and has it back within 3 s of the healing', async () => {
    await lab.cut(two);
    let start = performance.now();
    const links = async () => (await linksOf(two)).filter((link) => link.startsWith('in'));
    await waitFor(
      async () =>
        (await nodeOf(two)).state === 'gone' &&
        (await links()).every((link) => link === 'in gone') &&
        !(await isUsable(two)),
      { describe: 'all to see it gone' },
    );
    const goneMs = since(start);
    await lab.heal(two);
    start = performance.now();
    await waitFor(async () => (await isUsable(two)) && (await linksOf(two)).join() === allOnline.join(), {
      describe: 'it to be back',
    });
    console.log(`cut: gone for all after ${goneMs} ms; healed: back with all links after ${since(start)} ms`);
    expect(goneMs).toBeLessThan(slowestMs);
    expect(since(start)).toBeLessThan(slowestMs);
  });

  it.each([
    ['another address', { address: '10.77.0.200' }],
    ['another network', { network: 1 }],
    ['its old network', { network: 0 }],
  ])('has who gets %s back with all links within 3 s', async (_what, to) => {
    await lab.move(two, to);
    const start = performance.now();
    await waitFor(
      async () =>
        (await nodeOf(two)).addresses.some((address) => address.includes(two.address)) &&
        (await isUsable(two)) &&
        (await linksOf(two)).join() === allOnline.join(),
      { describe: 'it to be back with all links' },
    );
    console.log(`moved to ${two.address}: back after ${since(start)} ms`);
    expect(since(start)).toBeLessThan(slowestMs);
  });

  it('is found again, beside another one, when its only Data Server gets another address', async () => {
    stranger = await startHost(lab.host('other'), 'up');
    await lab.move(one, { address: '10.77.0.201' });
    const start = performance.now();
    const known = join(two.home, 'node-client', 'identity', 'data-servers.json');
    await waitFor(
      async () =>
        (await readFile(known, 'utf8')).includes(one.address) &&
        (await isUsable(two)) &&
        (await linksOf(two)).join() === allOnline.join(),
      { describe: 'the second node to find it' },
    );
    console.log(`the only Data Server moved: found again with all links after ${since(start)} ms`);
    expect(since(start)).toBeLessThan(slowestMs);
  });

  it('refuses a copy of a member while the original lives, and says the cure', async () => {
    await empty(three);
    await cp(join(two.home, 'node-client'), join(three.home, 'node-client'), { recursive: true, filter: isNoSocket });
    await cp(join(two.home, 'host.json'), join(three.home, 'host.json'));
    const copy = await startHost(three, 'up').then(
      () => 'it got ready',
      (error: Error) => error.message,
    );
    expect(copy).toMatch(/identity/);
    expect(await isUsable(two)).toBe(true);
    expect((await nodeOf(two)).name).toBe('two');
    await empty(three);
  });

  it('is told apart from another one, whatever that one pretends', async () => {
    const strangers = await signIn(stranger);
    const theirs = parseJoinToken((await strangers.createJoinToken({ body: { roles: ['node-client'] } })).token);
    const [theirDataServer] = theirs.dataServers ?? [];
    if (!theirDataServer) throw new Error('the token names no Data Server');
    const { token } = await invite(['node-client']);
    const bare = withoutAddresses(token);
    const { host, port } = theirDataServer;

    // Their Data Server, our token.
    const false_ = await refusedJoin(three, '--token', bare, '--data', `${host}:${port}`, '--role', 'node-client');
    expect(false_).toMatch(/does not belong to the domain of the join token/);

    // Two domains answer, and nobody says which is meant.
    expect(await refusedJoin(three, '--token', bare, '--role', 'node-client')).toMatch(/2 domains.*--domain/s);

    // Somebody announces their Data Server as one of ours.
    const members = await readFile(join(two.home, 'node-client', 'identity', 'membership.json'), 'utf8').catch(
      () => '{}',
    );
    const ours = /"id":\s*"([0-9a-f-]{36})"/.exec(members)?.[1];
    if (!ours) throw new Error(`no domain id in ${members}`);
    const settings = { domain: { id: ours, name: 'zhiyun' }, componentId: ours, port };
    const rogue = await lab
      .host('other')
      .run(process.execPath, [join(import.meta.dirname, 'discovery-process.ts'), 'announce', JSON.stringify(settings)]);
    await rogue.says(/announced/);
    const third = await startHost(three, 'join', '--token', bare, '--role', 'node-client', '--domain', ours);
    await waitFor(() => isUsable(three), { describe: 'the third node to be ours' });
    const { items } = await strangers.listComponents({});
    expect(items.map(({ name }) => name)).not.toContain('three');
    await third.process.kill();
    await lab.host('other').kill('all');
  });

  it('cuts off who is removed within seconds, and for good', async () => {
    const { id } = await nodeOf(two);
    const start = performance.now();
    await client.removeComponent({ params: { id }, body: {} });
    expect(await second.process.ended).toMatchObject({ code: 0 });
    console.log(`removed: its host ended after ${since(start)} ms`);
    await waitFor(async () => (await componentsOf(two)).length === 0, { describe: 'the list without it' });
    expect(since(start)).toBeLessThan(slowestMs);
    expect(await refusedJoin(two, '--role', 'node-client', '--data', one.address)).toMatch(/token/);
    const { token } = await invite(['node-client']);
    await startHost(two, 'join', '--token', token, '--role', 'node-client');
    await waitFor(() => isUsable(two), { describe: 'it to be back as a new one' });
    expect((await nodeOf(two)).id).not.toBe(id);
  });
});

/** As a new machine. */
async function empty({ home }: LabHost): Promise<void> {
  for (const entry of await readdir(home)) await rm(join(home, entry), { recursive: true });
}

/** Sockets cannot be copied. */
function isNoSocket(path: string): boolean {
  return !path.endsWith('.sock') && !path.endsWith('socket');
}
