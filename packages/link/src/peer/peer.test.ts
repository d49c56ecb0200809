import type { ComponentState } from '@zhiyun/contracts';
import type { ComponentRecord } from '@zhiyun/contracts/links';
import { newId, silentLogger } from '@zhiyun/kernel';
import { virtualClock } from '@zhiyun/testkit';
import { expect, test } from 'vitest';
import { answerMs } from '../limits.ts';
import type { Dial, Session, SessionEnd } from '../rpc/session.ts';
import { LinkPeer } from './peer.ts';

const endpoint = { hosts: ['192.0.2.1'], port: 1, machine: 'm1' };
const known: ComponentRecord = { id: newId(), type: 'node-client', name: 'n1', endpoint, state: 'online' };
const said = (state: ComponentState): ComponentRecord => ({ ...known, state });

/** A node whose link rests, and is doubted since the Data Servers say that it is suspect. */
async function doubtedPeer({ answers }: { answers: boolean }) {
  const clock = virtualClock();
  const sessions: { closed: boolean }[] = [];
  const dial = async () => {
    const { promise: ended, resolve } = Promise.withResolvers<SessionEnd>();
    let heardAt = clock.monotonicMs();
    const session = {
      closed: false,
      ended,
      heartbeat() {
        const hear = () => {
          heardAt = clock.monotonicMs();
        };
        if (answers) void clock.sleep(1).then(hear);
      },
      silentMs: () => clock.monotonicMs() - heardAt,
      close() {
        session.closed = true;
        resolve('lost');
      },
    };
    sessions.push(session);
    return session as unknown as Session;
  };
  const peer = new LinkPeer({ record: known, dial, mayRest: true, clock, log: silentLogger, onState: () => {} });
  peer.start();
  await clock.settle();
  await clock.advance(4_000);
  peer.watch(true);
  expect(peer.isResting).toBe(true);
  peer.learn(said('suspect'));
  await clock.advance(250);
  peer.watch(true);
  await clock.advance(answerMs + 250);
  return { clock, peer, sessions };
}

test('a link that has not answered is made anew as soon as the Data Servers see its peer again', async () => {
  const { clock, peer, sessions } = await doubtedPeer({ answers: false });
  peer.learn(said('online'));
  await clock.advance(100);
  expect(sessions.map(({ closed }) => closed)).toEqual([true, false]);
  expect(peer.state).toBe('online');
  peer.close();
});

test('one that has answered is left alone, whatever they saw', async () => {
  const { clock, peer, sessions } = await doubtedPeer({ answers: true });
  peer.learn(said('online'));
  await clock.advance(100);
  peer.watch(true);
  expect(sessions.map(({ closed }) => closed)).toEqual([false]);
  expect(peer.isResting).toBe(true);
  peer.close();
});

test('one whose turn to be dialled has not come is not said to be gone; from then on it has its five seconds', async () => {
  const clock = virtualClock();
  const turn = Promise.withResolvers<void>();
  const dial: Dial = async (_record, _last, _signal, awaitsTurn) => {
    awaitsTurn(true);
    await turn.promise;
    awaitsTurn(false);
    return await new Promise<never>(() => {});
  };
  const peer = new LinkPeer({ record: known, dial, mayRest: true, clock, log: silentLogger, onState: () => {} });
  peer.start();
  const statesWithin = async (seconds: number) => {
    const states = new Set<string>();
    for (let look = 0; look < 4 * seconds; look++) {
      await clock.advance(250);
      peer.watch(true);
      states.add(peer.state);
    }
    return [...states];
  };
  expect(await statesWithin(30)).toEqual(['connecting']);
  turn.resolve();
  await clock.settle();
  expect(await statesWithin(4)).toEqual(['connecting', 'suspect']);
  expect((await statesWithin(2)).at(-1)).toBe('gone');
  peer.close();
});
