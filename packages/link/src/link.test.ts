/** The contract of a member, proven for both bodies: mutual TLS over loopback, and memory. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import type { ComponentType } from '@zhiyun/contracts/links';
import { silentLogger, systemClock } from '@zhiyun/kernel';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { joinDomain } from './membership/join-domain.ts';
import { createMemoryDomain } from './memory/memory-domain.ts';
import { bodyBytes } from './rpc/body-bytes.ts';
import { startSmallDataServer } from './testing/small-data-server.ts';
import { seen, type TestHandlers, testHandlers, testTable } from './testing/tables.ts';
import type { Member, Peer } from './types.ts';

interface Body extends AsyncDisposable {
  join(type: ComponentType, name: string): Promise<Member>;
}

async function realBody(crowd = Number.POSITIVE_INFINITY): Promise<Body> {
  const dataServer = await startSmallDataServer();
  const homes: string[] = [];
  return {
    async join(type, name) {
      const home = await mkdtemp(join(tmpdir(), 'zhiyun-link-'));
      homes.push(home);
      const { token } = dataServer;
      return await joinDomain({
        home,
        type,
        name,
        version: '1',
        endpointHosts: ['127.0.0.1'],
        crowd,
        dataServers: [],
        token,
        clock: systemClock,
        log: silentLogger,
      });
    },
    async [Symbol.asyncDispose]() {
      await dataServer[Symbol.asyncDispose]();
      for (const home of homes) await rm(home, { recursive: true });
    },
  };
}

async function memoryBody(): Promise<Body> {
  const domain = createMemoryDomain();
  return { join: async (type, name) => domain.join({ type, name }), async [Symbol.asyncDispose]() {} };
}

describe.each([
  { name: 'mutual TLS', makeBody: () => realBody(), flows: true },
  // Only for who has neither pipes nor plain HTTP with nodes.
  { name: 'mutual TLS in a link thread', makeBody: () => realBody(0), flows: false },
  { name: 'memory', makeBody: memoryBody, flows: true },
])('a member over $name', ({ makeBody, flows }) => {
  let body: Body;
  let node: Member;
  let control: Member;
  let served: TestHandlers;
  let peer: Peer;

  beforeEach(async () => {
    body = await makeBody();
    served = testHandlers();
    node = await body.join('node-client', 'n1');
    control = await body.join('control-server', 'c1');
    node.serve(testTable, served.handlers);
    node.mount('/files', ['control-server'], (request, response) => {
      if (request.url === '/files/slow') return;
      response.setHeader('x-method', request.method);
      response.statusCode = 201;
      request.pipe(response);
    });
    node.mount('/gateways', ['http-gateway'], (_request, response) => response.end());
    await node.start();
    await control.start();
    await seen(control, node, 'online');
    peer = control.peer(node.id) as Peer;
  });
  afterEach(async () => {
    await control[Symbol.asyncDispose]();
    await node[Symbol.asyncDispose]();
    await body[Symbol.asyncDispose]();
  });
  const client = () => peer.as(testTable);

  it('knows its peers by type', () => {
    expect(peer).toMatchObject({ id: node.id, type: 'node-client', name: 'n1', state: 'online' });
    expect(control.onlinePeers('node-client')).toEqual([peer]);
    expect(control.peers('storage-server')).toEqual([]);
    expect(node.domain).toEqual(control.domain);
  });

  it('sees whoever calls it, and dials nobody it has nothing to ask of', async () => {
    await seen(node, control, 'online');
    const caller = node.peer(control.id);
    expect(caller).toMatchObject({ name: 'c1', isConnected: true });
    expect(node.onlinePeers('control-server')).toEqual([caller]);
    const asking = caller?.request({ method: 'GET', path: '/', headers: {} });
    await expect(asking).rejects.toThrow('nothing here may call it');
    const gone = seen(node, control, 'gone');
    const since = systemClock.monotonicMs();
    await control[Symbol.asyncDispose]();
    await gone;
    expect(systemClock.monotonicMs() - since).toBeLessThan(4_500);
    expect(node.onlinePeers('control-server')).toEqual([]);
  });

  it('calls, with the caller known', async () => {
    expect(await client().greet({ name: 'Li' })).toEqual({ text: 'Hello Li 你好', caller: 'control-server' });
  });

  it('refuses parameters with the field and the rule', async () => {
    await expect(client().greet({ name: 'far too long a name' })).rejects.toMatchObject({
      code: 'invalid-request',
      errors: [{ path: 'name', message: 'must have at most 10 characters' }],
    });
  });

  it('carries a PlatformError over, and hides every other', async () => {
    const detail = 'The instance 甲 is running; stop it first.';
    await expect(client().fail({ how: 'platform' })).rejects.toMatchObject({ code: 'wrong-state', message: detail });
    for (const how of ['bug', 'bad-result'] as const) {
      const error: unknown = await client()
        .fail({ how })
        .catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'internal' });
      expect(String(error)).not.toContain('secret');
    }
  });

  it('refuses callers of another type, and unknown methods', async () => {
    await expect(client().forGateways({})).rejects.toMatchObject({ code: 'forbidden' });
    const other = { server: 'node-client', methods: { nothing: testTable.methods.greet } } as const;
    await expect(peer.as(other).nothing({ name: 'x' })).rejects.toMatchObject({ code: 'not-found' });
  });

  it('gives up after its time and tells the other side', async () => {
    await expect(client().wait({}, { timeoutMs: 30 })).rejects.toMatchObject({ code: 'timeout' });
    await expect.poll(() => served.signals[0]?.aborted).toBe(true);
    const abort = new AbortController();
    const waiting = client().wait({}, { signal: abort.signal });
    await expect.poll(() => served.signals.length).toBe(2);
    abort.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    await expect.poll(() => served.signals[1]?.aborted).toBe(true);
  });

  it('does not abort what it has answered', async () => {
    for (let call = 0; call < 10; call++) await client().greet({ name: 'x' });
    // When this is heard, all that was before has closed.
    await expect(client().wait({}, { timeoutMs: 30 })).rejects.toMatchObject({ code: 'timeout' });
    await expect.poll(() => served.signals[0]?.aborted).toBe(true);
    expect(served.answered.map(({ aborted }) => aborted)).toEqual(Array(10).fill(false));
  });

  it('streams items in order to a clean end', async () => {
    const items: object[] = [];
    await client().count({ to: 1000 }, (item) => void items.push(item));
    expect(items.length).toBe(1000);
    expect(items.at(-1)).toEqual({ n: 1000 });
  });

  it('ends a stream with the error of the other side', async () => {
    const got: number[] = [];
    const reading = client().count({ to: 9, failAt: 3 }, ({ n }) => void got.push(n));
    await expect(reading).rejects.toMatchObject({ code: 'node-fault', message: 'no 3' });
    expect(got).toEqual([1, 2]);
    await expect(client().badItems({}, () => {})).rejects.toMatchObject({ code: 'internal' });
  });

  it('ends the other side when a stream is left', async () => {
    const enough = new RangeError('enough');
    const leave = ({ n }: { n: number }) => {
      if (n === 3) throw enough;
    };
    await expect(client().tick({}, leave)).rejects.toBe(enough);
    await expect.poll(() => served.signals[0]?.aborted).toBe(true);
  });

  it('waits for whoever takes slowly, with the error of the other side too', async () => {
    const got: number[] = [];
    const slowly = async ({ n }: { n: number }) => {
      await new Promise(setImmediate);
      got.push(n);
    };
    await client().count({ to: 5 }, slowly);
    expect(got.splice(0)).toEqual([1, 2, 3, 4, 5]);
    await expect(client().count({ to: 9, failAt: 6 }, slowly)).rejects.toMatchObject({ message: 'no 6' });
    expect(got).toEqual([1, 2, 3, 4, 5]);
  });

  if (flows) {
    it('pipes bytes both ways, half-closed', async () => {
      const bytes = randomBytes(3 * 1024 * 1024);
      const digest = await client().digest({});
      digest.end(bytes);
      expect(await text(digest)).toBe(createHash('sha256').update(bytes).digest('hex'));
      const echo = await client().echo({});
      Readable.from([bytes.subarray(0, 1_000_000), bytes.subarray(1_000_000)]).pipe(echo);
      expect((await buffer(echo)).equals(bytes)).toBe(true);
    });

    it('holds the sender back while the reader does not read', async () => {
      const total = 64 * 1024 * 1024;
      const bytes = await client().zeros({ bytes: total });
      bytes.once('readable', () => {});
      let before = -1;
      await expect
        .poll(
          () => {
            const still = served.sentZeros === before && before > 0;
            before = served.sentZeros;
            return still;
          },
          { interval: 100 },
        )
        .toBe(true);
      expect(served.sentZeros).toBeLessThan(8 * 1024 * 1024);
      let got = 0;
      for await (const chunk of bytes) got += (chunk as Buffer).length;
      expect(got).toBe(total);
    });

    it('refuses a pipe before it opens, breaks it after', async () => {
      await expect(client().refuse({})).rejects.toMatchObject({ code: 'not-found', message: 'No such instance.' });
      const late = await client().breakLate({});
      await expect(buffer(late)).rejects.toMatchObject({ code: 'disk-full' });
    });

    it('tells the serving side when a pipe is destroyed', async () => {
      const echo = await client().echo({});
      echo.write('x');
      echo.destroy();
      await expect.poll(() => served.signals[0]?.aborted).toBe(true);
    });

    it('carries plain HTTP to what is mounted', async () => {
      const headers = { 'content-type': 'text/plain', connection: 'close' };
      const answer = await peer.request({
        method: 'PUT',
        path: '/files/a?b=1',
        headers,
        body: Readable.from(['ab', 'cd']),
      });
      expect(answer.status).toBe(201);
      expect(answer.headers['x-method']).toBe('PUT');
      expect(String(await bodyBytes(answer))).toBe('abcd');
      const refused = await peer.request({ method: 'GET', path: '/gateways/x', headers: {} });
      expect(refused.status).toBe(403);
      const missing = await peer.request({ method: 'GET', path: '/filesystem', headers: {} });
      expect(missing.status).toBe(404);
    });
  }

  it('says gone at once after a clean stop, and ends what was going on', async () => {
    const { promise: ticked, resolve: tick } = Promise.withResolvers<unknown>();
    client()
      .tick({}, tick)
      .catch(() => {});
    await ticked;
    const waiting = client().wait({}, { timeoutMs: 60_000 });
    waiting.catch(() => {});
    await expect.poll(() => served.signals.length).toBe(2);
    const gone = seen(control, node, 'gone');
    const since = systemClock.monotonicMs();
    await node[Symbol.asyncDispose]();
    await gone;
    expect(systemClock.monotonicMs() - since).toBeLessThan(4_500);
    await expect(client().greet({ name: 'x' })).rejects.toMatchObject({ code: 'unavailable' });
    await expect(client().greet({ name: 'x' })).rejects.toThrow(`node-client "n1" (${node.id})`);
    expect(served.signals.every((signal) => signal.aborted)).toBe(true);
  });
});
