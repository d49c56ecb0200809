import { virtualClock } from '@zhiyun/testkit';
import { beforeEach, expect, test } from 'vitest';
import type { Presence, SessionEnd } from '../rpc/session.ts';
import type { PeerState } from '../types.ts';
import { PeerSight } from './peer-sight.ts';

const watched = { mayRest: true, reportedGone: false };
const doubted = { mayRest: false, reportedGone: false };
const reportedGone = { mayRest: false, reportedGone: true };

let clock: ReturnType<typeof virtualClock>;
let sight: PeerSight;
let states: PeerState[];
let link: TestPresence;
beforeEach(() => {
  clock = virtualClock();
  states = [];
  sight = new PeerSight({ saidGoodbye: false, clock, onState: (state) => states.push(state) });
  link = new TestPresence();
  sight.appeared(link);
  sight.watch(watched);
});

class TestPresence implements Presence {
  readonly #end = Promise.withResolvers<SessionEnd>();
  readonly ended = this.#end.promise;
  #heardAt = clock.monotonicMs();

  heartbeat(): void {}
  /** It has answered. */
  answer(): void {
    this.#heardAt = clock.monotonicMs();
  }
  silentMs(): number {
    return clock.monotonicMs() - this.#heardAt;
  }
  close(end: SessionEnd = 'lost'): void {
    this.#end.resolve(end);
  }
}

/** In steps of the watch. Answers after how many milliseconds it became `wanted`; undefined: it did not. */
async function until(wanted: PeerState, withinMs: number, told = watched): Promise<number | undefined> {
  const since = clock.monotonicMs();
  while (clock.monotonicMs() - since < withinMs) {
    await clock.advance(250);
    sight.watch(told);
    if (sight.state === wanted) return clock.monotonicMs() - since;
  }
  return undefined;
}

test('while the Data Servers watch it, eight seconds of silence say nothing', async () => {
  expect(await until('suspect', 8_000)).toBeUndefined();
  expect(sight.isResting).toBe(true);
  expect(states).toEqual(['online']);
});

test('a link that is silent for longer is doubted all the same', async () => {
  expect(await until('suspect', 15_000)).toBe(10_500);
  expect(await until('gone', 5_000)).toBe(2_000);
});

test('when they doubt it, it is asked; who answers was never missed', async () => {
  await clock.advance(4_000);
  expect(sight.watch(doubted)).toBe(true);
  expect(sight.watch(doubted)).toBe(false);
  await clock.advance(250);
  link.answer();
  expect(await until('suspect', 2_750, doubted)).toBeUndefined();
  sight.watch(watched);
  expect(sight.isResting).toBe(true);
  expect(states).toEqual(['online']);
});

test('who does not answer is suspect soon, and gone when they say so', async () => {
  await clock.advance(4_000);
  sight.watch(doubted);
  expect(await until('suspect', 5_000, doubted)).toBe(1_500);
  expect(await until('gone', 5_000, reportedGone)).toBe(250);
  // Its connections are closed; nobody says anything any more.
  sight.vanished(link, 'lost');
  for (const told of [watched, doubted, reportedGone]) sight.watch(told);
  expect(states).toEqual(['online', 'suspect', 'gone']);
});

test('that they see it again does not end the doubt about a link that is dead', async () => {
  await clock.advance(4_000);
  sight.watch(doubted);
  expect(await until('suspect', 5_000, doubted)).toBe(1_500);
  expect(sight.isUnanswered).toBe(true);
  sight.watch(watched);
  expect(sight.isResting).toBe(false);
  expect(await until('gone', 5_000)).toBe(2_000);
});

test('they are not believed against the own eyes', async () => {
  await clock.advance(4_000);
  sight.watch(reportedGone);
  for (let second = 0; second < 10; second++) {
    link.answer();
    expect(await until('gone', 1_000, reportedGone)).toBeUndefined();
  }
  expect(states).toEqual(['online']);
});

test('a link that breaks is missed as soon as one that was beaten every second', async () => {
  await clock.advance(4_000);
  sight.vanished(link, 'lost');
  expect(await until('suspect', 5_000)).toBe(2_750);
  expect(await until('gone', 5_000)).toBe(2_000);
  sight.appeared(new TestPresence());
  expect(states).toEqual(['online', 'suspect', 'gone', 'online']);
});

test('nobody rests when nothing is told: three seconds, then five', async () => {
  sight = new PeerSight({ saidGoodbye: false, clock, onState: (state) => states.push(state) });
  sight.appeared(link);
  expect(await until('suspect', 5_000, doubted)).toBe(3_000);
  expect(await until('gone', 5_000, doubted)).toBe(2_000);
});
