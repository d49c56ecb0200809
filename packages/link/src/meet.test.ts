/** Two components of one type exchange bytes directly, without being associates of each other. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { type ComponentType, call, type LinkTable, pipe } from '@zhiyun/contracts/links';
import { newId, silentLogger, systemClock } from '@zhiyun/kernel';
import { waitFor } from '@zhiyun/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { joinDomain } from './membership/join-domain.ts';
import { createMemoryDomain } from './memory/memory-domain.ts';
import { startSmallDataServer } from './testing/small-data-server.ts';
import { seen } from './testing/tables.ts';
import type { Meeting, Member, Peer } from './types.ts';

const table = {
  server: 'node-client',
  methods: {
    take: pipe(['node-client'], z.object({ bytes: z.int() })),
    whoAmI: call(['node-client', 'control-server'], z.object({}), z.object({ id: z.string(), type: z.string() })),
    forControl: call(['control-server'], z.object({}), z.object({})),
  },
} as const satisfies LinkTable;

const never = new AbortController().signal;

async function realBody() {
  const dataServer = await startSmallDataServer();
  const homes: string[] = [];
  return {
    async join(type: ComponentType, name: string): Promise<Member> {
      const home = await mkdtemp(join(tmpdir(), 'zhiyun-meet-'));
      homes.push(home);
      const common = {
        version: '1',
        endpointHosts: ['127.0.0.1'],
        dataServers: [],
        clock: systemClock,
        log: silentLogger,
      };
      return joinDomain({ ...common, home, type, name, token: dataServer.token });
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
])('a meeting over %s', (_, makeBody) => {
  let body: Awaited<ReturnType<typeof makeBody>>;
  let [one, other, control]: Member[] = [];
  let there: Meeting;
  /** Pipes whose end was seen by the serving side. */
  let closed = 0;

  beforeEach(async () => {
    closed = 0;
    body = await makeBody();
    const members = [
      await body.join('node-client', 'n1'),
      await body.join('node-client', 'n2'),
      await body.join('control-server', 'c1'),
    ] as const;
    [one, other, control] = members;
    for (const node of [members[0], members[1]])
      node.serve(table, {
        async take({ bytes }, stream) {
          stream.write(Buffer.alloc(Math.min(bytes, 65_536), 7));
          stream.once('close', () => closed++);
          if (bytes > 1e9) return once(stream, 'close').then(() => {});
          stream.end(Buffer.alloc(Math.max(0, bytes - 65_536), 7));
        },
        whoAmI: async (_params, { caller }) => ({ id: caller.id, type: caller.type }),
        forControl: async () => ({}),
      });
    for (const member of members) await member.start();
    await seen(members[2], members[1], 'online');
    // As a Control Server says it, with the ticket.
    const { id, name, endpoint } = members[2].peer(members[1].id) as Peer;
    there = { id, name, endpoint };
  });
  afterEach(async () => {
    for (const member of [one, other, control]) await member?.[Symbol.asyncDispose]();
    await body[Symbol.asyncDispose]();
  });

  test('bytes pass directly, the caller is known, and neither becomes the other’s peer', async () => {
    await using met = await (one as Member).meet(there, never);
    const stream = await met.as(table).take({ bytes: 1_000_000 });
    stream.end();
    expect((await buffer(stream)).equals(Buffer.alloc(1_000_000, 7))).toBe(true);
    expect(await met.as(table).whoAmI({})).toEqual({ id: one?.id, type: 'node-client' });
    for (const member of [one, other]) expect(member?.peers('node-client')).toEqual([]);
  });

  test('it may call what is for its type only', async () => {
    await using met = await (one as Member).meet(there, never);
    await expect(met.as(table).forControl({})).rejects.toMatchObject({ code: 'forbidden' });
  });

  test('types that do not meet are refused, and so is one that cannot be reached', async () => {
    await expect((control as Member).meet(there, never)).rejects.toMatchObject({ code: 'forbidden' });
    const nowhere = { ...there, id: newId<Meeting['id']>(), endpoint: { hosts: ['127.0.0.1'], port: 1, machine: 'x' } };
    await expect((one as Member).meet(nowhere, never)).rejects.toMatchObject({ code: 'unavailable' });
  });

  test('a pipe that its caller cancels is cut at both ends, also long after it has opened', async () => {
    await using met = await (one as Member).meet(there, never);
    const giveUp = new AbortController();
    const stream = await met.as(table).take({ bytes: 2e9 }, { signal: giveUp.signal });
    const [first] = await once(stream, 'data');
    expect(first.length).toBeGreaterThan(0);
    expect(closed).toBe(0);
    giveUp.abort();
    await expect(buffer(stream)).rejects.toMatchObject({ name: 'AbortError' });
    await waitFor(() => closed === 1);
  });

  test('a pipe that breaks before it is read throws at its reader, and nowhere else', async () => {
    await using met = await (one as Member).meet(there, never);
    const stream = await met.as(table).take({ bytes: 2e9 });
    stream.end();
    await other?.[Symbol.asyncDispose]();
    await waitFor(() => stream.destroyed);
    await expect(buffer(stream)).rejects.toMatchObject({ code: 'unavailable' });
  });

  test('when it is over, or the other is gone, nothing more can be asked', async () => {
    const met = await (one as Member).meet(there, never);
    const client = met.as(table);
    const stream = await client.take({ bytes: 2e9 });
    stream.on('error', () => {});
    await other?.[Symbol.asyncDispose]();
    await waitFor(() => stream.destroyed || stream.readableEnded);
    await waitFor(() =>
      client.whoAmI({}).then(
        () => false,
        (error) => error.code === 'unavailable',
      ),
    );
    await met[Symbol.asyncDispose]();
    await expect(client.whoAmI({})).rejects.toMatchObject({ code: 'unavailable' });
  });
});

test('whoever answers there with another identity is not met', async () => {
  await using body = await realBody();
  const [one, other, control] = [
    await body.join('node-client', 'n1'),
    await body.join('node-client', 'n2'),
    await body.join('control-server', 'c1'),
  ];
  for (const member of [one, other, control]) await member.start();
  await seen(control, other, 'online');
  const { name, endpoint } = control.peer(other.id) as Peer;
  await expect(one.meet({ id: newId(), name, endpoint }, never)).rejects.toMatchObject({ code: 'join-refused' });
  for (const member of [one, other, control]) await member[Symbol.asyncDispose]();
});
