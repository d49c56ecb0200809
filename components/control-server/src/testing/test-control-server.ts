/**
 * A whole Control Server on a database of its own, for component tests: asked over the link by a gateway through the typed
 * client, with a Data Server, a node and a Storage Server in memory.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Operation, Role } from '@zhiyun/contracts';
import { controlServerLink } from '@zhiyun/contracts/links';
import { createRestClient, type RestClient } from '@zhiyun/contracts/rest';
import { type Clock, type Logger, silentLogger, systemClock } from '@zhiyun/kernel';
import { createMemoryDomain, type PlainRequest } from '@zhiyun/link';
import { createTestStore, waitFor } from '@zhiyun/testkit';
import { createControlServer } from '../control-server.ts';
import { TestStorage } from '../image/testing/test-storage.ts';
import { TestNode } from '../node/test-node.ts';
import { TestDataServer } from './test-data-server.ts';

export type TestControlServer = Awaited<ReturnType<typeof startTestControlServer>>;

export async function startTestControlServer(options: { clock?: Clock; log?: Logger } = {}) {
  const ends = new AsyncDisposableStack();
  const { store } = ends.use(await createTestStore());
  const directory = await mkdtemp(join(tmpdir(), 'zhiyun-control-'));
  ends.defer(() => rm(directory, { recursive: true }));
  const passwordFile = join(directory, 'initial-admin-password');

  const domain = createMemoryDomain();
  const member = domain.join({ type: 'control-server', name: 'control-1' });
  const clock = options.clock ?? systemClock;
  const log = options.log ?? silentLogger;
  const control = await createControlServer({ store, member, passwordFile, clock, log, version: 'test' });
  const dataServer = new TestDataServer(domain);
  const node = new TestNode(domain, 'node-1');
  const storage = new TestStorage(domain);
  const gateway = domain.join({ type: 'http-gateway', name: 'gateway-1' });
  ends.defer(() => control.stop());
  await control.start();
  for (const each of [dataServer.member, node.member, storage.member, gateway]) {
    ends.use(each);
    await each.start();
  }
  const peer = await waitFor(() => gateway.onlinePeers('control-server')[0]);

  /** `fetch`, as a browser behind the gateway would have it. */
  async function fetchOverLink(input: string | URL | Request, init: RequestInit = {}): Promise<Response> {
    const headers = { ...(init.headers as Record<string, string>), 'x-zhiyun-origin': 'https://cloud.example' };
    const request: PlainRequest = { method: init.method ?? 'GET', path: String(input), headers };
    if (typeof init.body === 'string') request.body = Buffer.from(init.body);
    if (init.signal) request.signal = init.signal;
    const answer = await peer.request(request);
    const whole = Buffer.isBuffer(answer.body)
      ? new Uint8Array(answer.body)
      : (Readable.toWeb(answer.body) as ReadableStream);
    const body = answer.status === 204 ? null : whole;
    const kept = ['content-type', 'location'].flatMap((name) => {
      const value = answer.headers[name];
      return typeof value === 'string' ? [[name, value] as [string, string]] : [];
    });
    return new Response(body, { status: answer.status, headers: kept });
  }
  const client = (token?: string): RestClient =>
    createRestClient({ baseUrl: '', token: () => token, fetch: fetchOverLink });
  async function signIn(username: string, password: string) {
    const { token } = await client().createSession({ body: { username, password } });
    return { token, client: client(token) };
  }
  const admin = await signIn('admin', (await readFile(passwordFile, 'utf8')).trim());
  /** Signed in as a new user who has set a password of his own. */
  async function newUser(username: string, role: Role) {
    const [given, own] = ['given by somebody', 'correct horse'];
    await admin.client.createUser({ body: { username, role, password: given } });
    const first = await signIn(username, given);
    await first.client.changePassword({ body: { currentPassword: given, newPassword: own } });
    return signIn(username, own);
  }
  await waitFor(async () => (await admin.client.listNodes()).items[0]?.state === 'online', { describe: 'node online' });

  return {
    store,
    control,
    domain,
    member,
    dataServer,
    node,
    storage,
    gateway,
    fetch: fetchOverLink,
    link: peer.as(controlServerLink),
    storageLink: storage.member.onlinePeers('control-server')[0]?.as(controlServerLink),
    admin: admin.client,
    adminToken: admin.token,
    signIn,
    newUser,
    ended: (operation: Operation): Promise<Operation> =>
      admin.client.getOperation({ params: { id: operation.id }, query: { waitSeconds: 15 } }),
    [Symbol.asyncDispose]: () => ends.disposeAsync(),
  };
}
