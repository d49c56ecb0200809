/** The Data Server with real members, real PostgreSQL and mutual TLS over loopback. */
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ComponentType, componentTypes, dataServerLink } from '@zhiyun/contracts/links';
import { type Clock, silentLogger, systemClock } from '@zhiyun/kernel';
import {
  createCertificateRequest,
  formatJoinToken,
  joinDomain,
  type Member,
  newPrivateKey,
  parseJoinToken,
} from '@zhiyun/link';
import { openStore } from '@zhiyun/store';
import { createTestStore, type TestStore, waitFor } from '@zhiyun/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createDataServer, type DataServer } from './data-server.ts';

const log = silentLogger;
const roles = componentTypes;
let database: TestStore;
let homes: string[];
let ends: AsyncDisposableStack;

beforeEach(async () => {
  homes = [];
  ends = new AsyncDisposableStack();
  database = await createTestStore();
  ends.use(database);
});
afterEach(async () => {
  await ends.disposeAsync();
  for (const home of homes) await rm(home, { recursive: true });
});

async function newHome(): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'zhiyun-data-server-'));
  homes.push(home);
  return home;
}

async function startDataServer(
  options: { home?: string; clock?: Clock; databaseUrl?: string } = {},
): Promise<DataServer> {
  const store = await openStore({ url: database.url, log, maxConnections: 4 });
  const dataServer = await createDataServer({
    store,
    home: options.home ?? (await newHome()),
    name: 'd1',
    version: '0.0.1',
    databaseUrl: options.databaseUrl,
    listen: { host: '127.0.0.1', port: 0 },
    clock: options.clock ?? systemClock,
    log,
  });
  await dataServer.start();
  ends.defer(async () => {
    await dataServer.stop();
    await store.close();
  });
  return dataServer;
}

async function startMember(type: ComponentType, token: string | undefined, home?: string): Promise<Member> {
  const name = `${type}-1`;
  const member = await joinDomain({
    home: home ?? (await newHome()),
    type,
    name,
    version: '0.0.1',
    listenHost: '127.0.0.1',
    dataServers: token === undefined ? knownAddresses : [],
    ...(token !== undefined && { token }),
    clock: systemClock,
    log,
  });
  ends.use(member);
  await member.start();
  return member;
}
let knownAddresses: DataServer['address'][] = [];

const online = (member: Member, other: Member) => waitFor(() => member.peer(other.id)?.state === 'online');

/** What the Data Servers say of a component. */
async function listed(id: string) {
  const rows = database.store.db.selectFrom('registration').select(['component_id', 'name', 'state']);
  return (await rows.execute()).find(({ component_id }) => component_id === id);
}

/** The methods of a Data Server, as a member may call them. */
function ask(member: Member) {
  const [dataServer] = member.onlinePeers('data-server');
  if (!dataServer) throw new Error(`${member.name} is connected to no Data Server`);
  return dataServer.as(dataServerLink);
}

describe('joining', () => {
  test('components find exactly those they are associated with', async () => {
    const dataServer = await startDataServer();
    const token = await dataServer.createJoinToken({ roles, expiresInSeconds: 60 });
    const control = await startMember('control-server', token);
    const node = await startMember('node-client', token);
    const router = await startMember('intelligent-router', token);
    await Promise.all([online(control, node), online(node, control), online(control, router), online(router, control)]);
    expect(node.peer(router.id)).toBeUndefined();
    expect(node.onlinePeers('data-server')).toHaveLength(1);
    expect(node.domain).toEqual(dataServer.domain);
    expect(await listed(node.id)).toMatchObject({
      name: 'node-client-1',
      state: 'online',
    });
  });

  test('a component comes back with its certificate, and after that has expired with its key', async () => {
    let skewMs = 0;
    const clock = { ...systemClock, now: () => Date.now() + skewMs };
    const dataServer = await startDataServer({ clock });
    knownAddresses = [dataServer.address];
    const token = await dataServer.createJoinToken({ roles, expiresInSeconds: 60 });
    const home = await newHome();
    const first = await startMember('node-client', token, home);
    await first[Symbol.asyncDispose]();
    const second = await startMember('node-client', undefined, home);
    expect(second.id).toBe(first.id);
    await second[Symbol.asyncDispose]();

    skewMs = 30 * 24 * 3600 * 1000;
    const late = joinDomain({
      home,
      type: 'node-client',
      name: 'n',
      version: '1',
      dataServers: knownAddresses,
      clock,
      log,
    });
    expect((await late).id).toBe(first.id);
  });

  test('an id with another key is refused, and so is a copied home while the original is at work', async () => {
    const dataServer = await startDataServer();
    knownAddresses = [dataServer.address];
    const token = await dataServer.createJoinToken({ roles, expiresInSeconds: 60 });
    const home = await newHome();
    await startMember('node-client', token, home);
    const copy = await newHome();
    await cp(home, copy, { recursive: true });
    await expect(startMember('node-client', undefined, copy)).rejects.toMatchObject({
      code: 'identity-in-use',
      message: expect.stringContaining('remove node-client/identity from the copy'),
    });
  });
});

describe('liveness', () => {
  test('a clean stop is gone at once; a restart is found again, also at another port', async () => {
    const dataServer = await startDataServer();
    knownAddresses = [dataServer.address];
    const token = await dataServer.createJoinToken({ roles, expiresInSeconds: 60 });
    const control = await startMember('control-server', token);
    const home = await newHome();
    const node = await startMember('node-client', token, home);
    await online(control, node);
    await node[Symbol.asyncDispose]();
    await waitFor(async () => (await listed(node.id))?.state === 'gone');
    expect(control.peer(node.id)?.state).toBe('gone');
    const taken = createServer().listen(control.peer(node.id)?.address.port, '127.0.0.1');
    ends.defer(() => void taken.close());
    await once(taken, 'listening');
    const again = await startMember('node-client', undefined, home);
    await online(control, again);
    expect(again.id).toBe(node.id);
    expect(control.peer(again.id)?.address.port).not.toBe((taken.address() as AddressInfo).port);
  });

  test('a Data Server dies: the links go on, and another takes over', async () => {
    const first = await startDataServer();
    const second = await startDataServer();
    expect(second.domain).toEqual(first.domain);
    knownAddresses = [first.address, second.address];
    const token = await second.createJoinToken({ roles, expiresInSeconds: 60 });
    expect(parseJoinToken(token).dataServers).toHaveLength(2);
    const control = await startMember('control-server', token);
    const node = await startMember('node-client', token);
    await online(control, node);
    const states: string[] = [];
    using _changes = control.onPeer(({ peer, state }) => {
      if (peer.id === node.id) states.push(state);
    });
    await first.stop();
    const gateway = await startMember('http-gateway', undefined, await joinedHome(second));
    await Promise.all([online(gateway, control), online(control, gateway), online(node, gateway)]);
    expect(states).toEqual([]);
  });

  test('a removed member is cut off within a second, by everybody, and stays out', async () => {
    const dataServer = await startDataServer();
    await startDataServer();
    knownAddresses = [dataServer.address];
    const token = await dataServer.createJoinToken({ roles, expiresInSeconds: 60 });
    const control = await startMember('control-server', token);
    const home = await newHome();
    const node = await startMember('node-client', token, home);
    await Promise.all([online(control, node), online(node, control)]);
    const since = performance.now();
    await ask(control).removeComponent({ id: node.id });
    await waitFor(() => control.peer(node.id) === undefined && node.onlinePeers('control-server').length === 0);
    await waitFor(() => node.onlinePeers('data-server').length === 0);
    expect(performance.now() - since).toBeLessThan(4_500);
    await node[Symbol.asyncDispose]();
    await expect(startMember('node-client', undefined, home)).rejects.toMatchObject({ code: 'component-removed' });
    expect(control.onlinePeers('data-server')).toHaveLength(2);
  });
});

describe('what a Data Server answers', () => {
  test('tokens are made, listed and revoked for the Control Servers', async () => {
    const dataServer = await startDataServer();
    const joinToken = await dataServer.createJoinToken({ roles, expiresInSeconds: 60 });
    const control = await startMember('control-server', joinToken);
    const wanted = { roles: ['node-client' as const], expiresInSeconds: 600, uses: 2, createdBy: 'admin' };
    const { token, ...made } = await ask(control).createJoinToken(wanted);
    expect(parseJoinToken(token).dataServers).toEqual([dataServer.address]);
    expect((await ask(control).listJoinTokens({})).items[0]).toEqual(made);
    await ask(control).revokeJoinToken({ id: made.id });
    expect((await ask(control).listJoinTokens({})).items).toHaveLength(1);
    await expect(startMember('node-client', token)).rejects.toThrow('was revoked');
  });

  test('where the database is, unless it is private to one machine', async () => {
    const url = 'postgresql://db.example/zhiyun';
    const lonely = await startDataServer();
    const shared = await startDataServer({ databaseUrl: url });
    const control = await startMember('control-server', await shared.createJoinToken({ roles, expiresInSeconds: 60 }));
    await waitFor(() => control.onlinePeers('data-server').length === 2);
    const access = ({ id }: DataServer) => control.peer(id)?.as(dataServerLink).databaseAccess({});
    await expect(access(lonely)).rejects.toMatchObject({
      code: 'database-private',
      message: expect.stringContaining('zhiyun database move --to URL'),
    });
    await expect(access(shared)).resolves.toEqual({ url });
  });

  test('a Data Server joins by token like everybody, and then serves the same domain', async () => {
    const first = await startDataServer();
    const home = await newHome();
    const token = await first.createJoinToken({ roles: ['data-server'], expiresInSeconds: 60, uses: 1 });
    const options = { home, type: 'data-server', name: 'd2', version: '1', dataServers: [], token } as const;
    const joined = await joinDomain({ ...options, clock: systemClock, log });
    const second = await startDataServer({ home });
    expect(second.id).toBe(joined.id);
    expect(second.domain).toEqual(first.domain);
    await waitFor(async () => (await listed(second.id))?.state === 'online');
  });
});

async function joinedHome(dataServer: DataServer): Promise<string> {
  const home = await newHome();
  const token = await dataServer.createJoinToken({ roles, expiresInSeconds: 60 });
  const { dataServers: _none, ...rest } = parseJoinToken(token);
  const at = { type: 'http-gateway', name: 'g', version: '1', dataServers: [dataServer.address] } as const;
  await joinDomain({ home, ...at, token: formatJoinToken(rest), clock: systemClock, log });
  return home;
}

test('the gateway gets a certificate for the names people use', async () => {
  const dataServer = await startDataServer();
  const token = await dataServer.createJoinToken({ roles, expiresInSeconds: 60 });
  const gateway = await startMember('http-gateway', token);
  const certificateRequest = await createCertificateRequest(newPrivateKey());
  const [peer] = gateway.onlinePeers('data-server');
  const answer = await peer?.as(dataServerLink).issueGatewayCertificate({
    certificateRequest,
    names: ['cloud.example', '192.0.2.7', '::1'],
  });
  const certificate = new X509Certificate(answer?.certificate ?? '');
  expect(certificate.checkHost('cloud.example')).toBe('cloud.example');
  expect(certificate.checkIP('192.0.2.7')).toBe('192.0.2.7');
  expect(certificate.checkIP('::1')).toBe('::1');
  expect(certificate.verify(new X509Certificate(answer?.caCertificate ?? '').publicKey)).toBe(true);
});
