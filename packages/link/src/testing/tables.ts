/** Tables for the tests: one of each kind of method, and handlers that show what they were given. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';
import type { ComponentId } from '@zhiyun/contracts';
import { call, type LinkTable, pipe, stream } from '@zhiyun/contracts/links';
import { PlatformError } from '@zhiyun/kernel';
import { z } from 'zod';
import type { LinkContext, LinkHandlers, Member, PeerState } from '../types.ts';

export const testTable = {
  server: 'node-client',
  methods: {
    greet: call(
      ['control-server'],
      z.object({ name: z.string().max(10, 'must have at most 10 characters') }),
      z.object({ text: z.string(), caller: z.string() }),
    ),
    fail: call(
      ['control-server'],
      z.object({ how: z.enum(['platform', 'bug', 'bad-result']) }),
      z.object({ n: z.int() }),
    ),
    wait: call(['control-server'], z.object({}), z.object({})),
    upload: call(['control-server'], z.object({ text: z.string() }), z.object({ length: z.int() })),
    count: stream(['control-server'], z.object({ to: z.int(), failAt: z.int().optional() }), z.object({ n: z.int() })),
    tick: stream(['control-server'], z.object({}), z.object({ n: z.int() })),
    badItems: stream(['control-server'], z.object({}), z.object({ n: z.int() })),
    echo: pipe(['control-server'], z.object({})),
    digest: pipe(['control-server'], z.object({})),
    zeros: pipe(['control-server'], z.object({ bytes: z.int() })),
    refuse: pipe(['control-server'], z.object({})),
    breakLate: pipe(['control-server'], z.object({})),
    forGateways: call(['http-gateway'], z.object({}), z.object({})),
  },
} as const satisfies LinkTable;

export interface TestHandlers {
  handlers: LinkHandlers<typeof testTable>;
  /** Signals of the `wait`, `tick` and pipe calls that were begun. */
  signals: AbortSignal[];
  /** Those of `greet`, which is answered at once. */
  answered: AbortSignal[];
  sentZeros: number;
}

export function testHandlers(): TestHandlers {
  const signals: AbortSignal[] = [];
  const seen = ({ signal }: LinkContext) => {
    signals.push(signal);
    return signal;
  };
  const state: TestHandlers = {
    signals,
    answered: [],
    sentZeros: 0,
    handlers: {
      greet: async ({ name }, { caller, signal }) => {
        state.answered.push(signal);
        return { text: `Hello ${name} 你好`, caller: caller.type };
      },
      fail: async ({ how }) => {
        if (how === 'platform') throw new PlatformError('wrong-state', 'The instance 甲 is running; stop it first.');
        if (how === 'bug') throw new Error('a secret of the inside');
        return { n: 'not a number' as unknown as number };
      },
      async wait(_params, context) {
        await until(seen(context));
        return {};
      },
      upload: async ({ text }) => ({ length: text.length }),
      async *count({ to, failAt }) {
        for (let n = 1; n <= to; n++) {
          if (n === failAt) throw new PlatformError('node-fault', `no ${n}`);
          yield { n };
        }
      },
      async *tick(_params, context) {
        const signal = seen(context);
        for (let n = 1; !signal.aborted; n++) {
          yield { n };
          await until(signal, 5);
        }
      },
      async *badItems() {
        yield { n: 1 };
        yield { n: 'two' as unknown as number };
      },
      echo: async (_params, bytes, context) => {
        seen(context);
        await pipeline(bytes, bytes);
      },
      digest: async (_params, bytes) => {
        const hash = createHash('sha256');
        for await (const chunk of bytes) hash.update(chunk as Buffer);
        bytes.end(hash.digest('hex'));
      },
      zeros: async ({ bytes: total }, bytes, context) => {
        seen(context);
        const block = Buffer.alloc(16 * 1024);
        for (state.sentZeros = 0; state.sentZeros < total; state.sentZeros += block.length) {
          if (bytes.write(block)) continue;
          await once(bytes, 'drain', { signal: context.signal });
        }
      },
      refuse: async () => {
        throw new PlatformError('not-found', 'No such instance.');
      },
      breakLate: async (_params, bytes) => {
        bytes.write('some');
        throw new PlatformError('disk-full', 'No room.');
      },
      forGateways: async () => ({}),
    },
  };
  return state;
}

function until(signal: AbortSignal, ms?: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (signal.aborted) resolve();
  signal.addEventListener('abort', () => resolve(), { once: true });
  if (ms !== undefined) setTimeout(resolve, ms);
  return promise;
}

/** Resolves when `member` sees the peer in this state (now or later). */
export function seen(member: Member, peer: { id: ComponentId }, state: PeerState): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const changes = member.onPeer((change) => {
    if (change.peer.id === peer.id && change.state === state) resolve();
  });
  if (member.peer(peer.id)?.state === state) resolve();
  return promise.finally(() => changes[Symbol.dispose]());
}
