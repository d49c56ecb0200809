import type { ComponentRecord } from '@zhiyun/contracts/links';
import { newId } from '@zhiyun/kernel';
import { virtualClock } from '@zhiyun/testkit';
import { expect, test } from 'vitest';
import { goneMs, heartbeatMs } from '../limits.ts';
import type { Session, SessionEnd } from '../rpc/session.ts';
import { meetOnce } from './meet.ts';

const endpoint = { hosts: ['10.0.0.1'], port: 1, machine: 'x' };
const record: ComponentRecord = { id: newId(), type: 'node-client', name: 'n2', endpoint, state: 'online' };

test('a meeting has heartbeats, and is cut when the other side has been silent for too long', async () => {
  const clock = virtualClock();
  const { promise: ended, resolve } = Promise.withResolvers<SessionEnd>();
  const seen = { heartbeats: 0, end: undefined as SessionEnd | undefined, silentMs: 0 };
  const session: Partial<Session> = {
    ended,
    heartbeat: () => void seen.heartbeats++,
    silentMs: () => seen.silentMs,
    close(end = 'lost') {
      seen.end = end;
      resolve(end);
    },
  };
  const signal = new AbortController().signal;
  await using _met = await meetOnce(record, { dial: async () => session as Session, clock, signal });
  await clock.advance(3 * heartbeatMs);
  expect(seen).toMatchObject({ heartbeats: 3, end: undefined });
  seen.silentMs = goneMs;
  await clock.advance(heartbeatMs);
  expect(seen).toMatchObject({ heartbeats: 3, end: 'lost' });
  await clock.advance(3 * heartbeatMs);
  expect(seen.heartbeats).toBe(3);
});
