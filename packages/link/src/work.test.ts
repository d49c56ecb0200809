/** Long work over both bodies of a link, and with a peer that knows it only as the stream it was before. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ComponentType, type LinkTable, stream, work } from '@zhiyun/contracts/links';
import { PlatformError, silentLogger, systemClock } from '@zhiyun/kernel';
import { waitFor } from '@zhiyun/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { joinDomain } from './membership/join-domain.ts';
import { createMemoryDomain } from './memory/memory-domain.ts';
import { startSmallDataServer } from './testing/small-data-server.ts';
import { seen } from './testing/tables.ts';
import type { LinkHandlers, Member, Peer, WorkContext } from './types.ts';

const house = z.object({ floors: z.int() });
const order = z.object({ floors: z.int() });
const table = {
  server: 'node-client',
  methods: {
    build: work(['control-server'], order, 'house', house),
    older: stream(
      ['control-server'],
      order,
      z.discriminatedUnion('type', [
        z.object({ type: z.literal('progress'), progress: z.number() }),
        z.object({ type: z.literal('done'), house }),
        z.object({ type: z.literal('failed'), error: z.object({ code: z.string(), detail: z.string() }) }),
      ]),
    ),
    forGateways: work(['http-gateway'], order, 'house', house),
  },
} as const satisfies LinkTable;
/** As a peer sees it for whom the other kind is what there is. */
const swapped = {
  server: 'node-client',
  methods: {
    build: stream(['control-server'], order, table.methods.older.item),
    older: work(['control-server'], order, 'house', house),
  },
} as const satisfies LinkTable;

type Task = (floors: number, context: WorkContext) => Promise<{ floors: number }>;

async function realBody() {
  const dataServer = await startSmallDataServer();
  const homes: string[] = [];
  const common = { version: '1', endpointHosts: ['127.0.0.1'], dataServers: [], clock: systemClock, log: silentLogger };
  return {
    async join(type: ComponentType, name: string): Promise<Member> {
      const home = await mkdtemp(join(tmpdir(), 'zhiyun-work-'));
      homes.push(home);
      return joinDomain({ ...common, home, type, name, crowd: Number.POSITIVE_INFINITY, token: dataServer.token });
    },
    async [Symbol.asyncDispose]() {
      await dataServer[Symbol.asyncDispose]();
      for (const home of homes) await rm(home, { recursive: true });
    },
  };
}

async function memoryBody() {
  const domain = createMemoryDomain();
  return {
    join: async (type: ComponentType, name: string) => domain.join({ type, name }),
    async [Symbol.asyncDispose]() {},
  };
}

describe.each([
  ['mutual TLS', realBody],
  ['memory', memoryBody],
])('work over %s', (_, makeBody) => {
  let body: Awaited<ReturnType<typeof makeBody>>;
  let node: Member;
  let control: Member;
  let peer: Peer;
  let task: Task;
  let contexts: WorkContext[];

  beforeEach(async () => {
    contexts = [];
    task = async (floors) => ({ floors });
    const handlers: LinkHandlers<typeof table> = {
      build({ floors }, context) {
        contexts.push(context);
        return task(floors, context);
      },
      async *older({ floors }) {
        yield { type: 'progress', progress: 0.5 };
        if (floors > 9) return yield { type: 'failed', error: { code: 'disk-full', detail: 'No room for them.' } };
        if (floors > 0) yield { type: 'done', house: { floors } };
      },
      forGateways: async ({ floors }) => ({ floors }),
    };
    body = await makeBody();
    node = await body.join('node-client', 'n1');
    control = await body.join('control-server', 'c1');
    node.serve(table, handlers);
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

  test('progress while it goes on, then the result', async () => {
    const steps = [0.25, 0.5, 1];
    const heard: number[] = [];
    const more = steps.map(() => Promise.withResolvers<void>());
    task = async (floors, { progress }) => {
      for (const [index, step] of steps.entries()) {
        progress(step);
        await more[index]?.promise;
      }
      return { floors };
    };
    const onProgress = (fraction: number) => {
      heard.push(fraction);
      more[heard.length - 1]?.resolve();
    };
    expect(await peer.as(table).build({ floors: 3 }, { onProgress })).toEqual({ floors: 3 });
    expect(heard).toEqual(steps);
  });

  test('a fault of the work is thrown as itself; a bug of the other side says nothing of its inside', async () => {
    task = async () => {
      throw new PlatformError('disk-full', 'No room for it.');
    };
    await expect(peer.as(table).build({ floors: 1 })).rejects.toMatchObject({
      code: 'disk-full',
      message: 'No room for it.',
    });
    for (const bug of [
      async () => Promise.reject(new Error('a secret of the inside')),
      async () => ({ floors: 'many' }) as never,
    ]) {
      task = bug;
      const error: unknown = await peer
        .as(table)
        .build({ floors: 1 })
        .catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'internal' });
      expect(String(error)).not.toMatch(/secret|many/);
    }
  });

  test('who may not ask for it, or asks for nonsense, is refused before it begins', async () => {
    await expect(peer.as(table).forGateways({ floors: 1 })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(peer.as(table).build({ floors: 0.5 })).rejects.toMatchObject({ code: 'invalid-request' });
    expect(contexts).toEqual([]);
  });

  test('a flood of progress neither waits for its reader nor reaches it: only the newest does', async () => {
    const count = 200_000;
    let heard = 0;
    task = async (floors, { progress }) => {
      for (let step = 1; step <= count; step++) progress(step / count);
      return { floors };
    };
    await peer.as(table).build({ floors: 1 }, { onProgress: () => heard++ });
    expect(heard).toBeLessThan(5);
  });

  test('a caller that cancels is heard at once; so is the end of one that is gone', async () => {
    task = (floors, { signal }) =>
      new Promise((resolve) => signal.addEventListener('abort', () => resolve({ floors }), { once: true }));
    const giveUp = new AbortController();
    const cancelled = peer.as(table).build({ floors: 1 }, { signal: giveUp.signal });
    await waitFor(() => contexts.length === 1);
    giveUp.abort(new PlatformError('cancelled', 'Never mind.'));
    await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
    await waitFor(() => contexts[0]?.signal.aborted === true);

    const abandoned = peer.as(table).build({ floors: 1 });
    abandoned.catch(() => {});
    await waitFor(() => contexts.length === 2);
    await control[Symbol.asyncDispose]();
    await waitFor(() => contexts[1]?.signal.aborted === true);
  });

  test('a server that is gone in the middle fails the work as a lost link, never as done', async () => {
    task = (floors, { signal, progress }) => {
      progress(0.5);
      return new Promise((resolve) => signal.addEventListener('abort', () => resolve({ floors }), { once: true }));
    };
    const lost = peer.as(table).build({ floors: 1 }, { onProgress: () => void node[Symbol.asyncDispose]() });
    await expect(lost).rejects.toMatchObject({ code: 'unavailable' });
  });

  test('an older caller hears the stream it knows', async () => {
    task = async (floors, { progress }) => {
      progress(0.5);
      if (floors > 9) throw new PlatformError('disk-full', 'No room for them.');
      return { floors };
    };
    const items = async (floors: number) => {
      const heard: unknown[] = [];
      await peer.as(swapped).build({ floors }, (item) => void heard.push(item));
      return heard;
    };
    expect((await items(2)).at(-1)).toEqual({ type: 'done', house: { floors: 2 } });
    expect((await items(10)).at(-1)).toMatchObject({ type: 'failed', error: { code: 'disk-full' } });
  });

  test('an older server is heard as work; one that ends without a word has not done it', async () => {
    const heard: number[] = [];
    const ask = (floors: number) =>
      peer.as(swapped).older({ floors }, { onProgress: (fraction) => heard.push(fraction) });
    expect(await ask(2)).toEqual({ floors: 2 });
    expect(heard).toEqual([0.5]);
    await expect(ask(10)).rejects.toMatchObject({ code: 'disk-full', message: 'No room for them.' });
    await expect(ask(0)).rejects.toMatchObject({ code: 'unavailable' });
  });
});
