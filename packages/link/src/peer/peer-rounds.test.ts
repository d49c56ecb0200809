import { expect, test } from 'vitest';
import { heartbeatMs, restingHeartbeatMs, watchMs } from '../limits.ts';
import { PeerRounds } from './peer-rounds.ts';

/** Notes at which looks it was asked and watched. */
class TestPeer {
  readonly asked: number[] = [];
  readonly watched: number[] = [];
  isResting = false;
  /** What the next watch finds. */
  mayRest = true;

  heartbeat(): void {
    this.asked.push(look);
  }
  watch(hasReports: boolean): void {
    this.watched.push(look);
    this.isResting = hasReports && this.mayRest;
    if (!this.isResting) rounds.wake(this);
  }
}

/** In looks. */
const resting = restingHeartbeatMs / watchMs;
const beat = heartbeatMs / watchMs;

let look: number;
let rounds: PeerRounds;

function looks(count: number, hasReports = true): void {
  for (let done = 0; done < count; done++) {
    look++;
    rounds.look(hasReports, 0);
  }
}

/** All rest, after one look. */
function manyPeers(count: number): TestPeer[] {
  look = 0;
  rounds = new PeerRounds();
  const peers = Array.from({ length: count }, () => new TestPeer());
  for (const peer of peers) rounds.add(peer);
  looks(1);
  for (const peer of peers) {
    expect(peer.watched).toEqual([1]);
    peer.asked.length = 0;
    peer.watched.length = 0;
  }
  return peers;
}

/** How many of these happened at each look. */
function perLook(times: number[][]): number[] {
  return [...Map.groupBy(times.flat(), (at) => at).values()].map(({ length }) => length);
}

test('each of those that rest is watched once a second and asked now and then, and all looks have as much to do', () => {
  const peers = manyPeers(10 * resting);
  looks(2 * resting);
  for (const { watched, asked } of peers) {
    expect(watched).toHaveLength((2 * resting) / beat);
    expect(new Set(watched.map((at) => at % beat)).size).toBe(1);
    expect(asked).toHaveLength(2);
    expect((asked[1] ?? 0) - (asked[0] ?? 0)).toBe(resting);
  }
  expect(perLook(peers.map(({ watched }) => watched))).toEqual(Array(2 * resting).fill((10 * resting) / beat));
  expect(perLook(peers.map(({ asked }) => asked))).toEqual(Array(2 * resting).fill(10));
});

test('one that does not rest is watched at each look and asked every second, the others as before', () => {
  const [first, ...others] = manyPeers(16);
  if (!first) throw new Error('no peer');
  Object.assign(first, { mayRest: false, isResting: false });
  rounds.wake(first);
  looks(resting);
  expect(first.watched).toHaveLength(resting);
  expect(first.asked).toHaveLength(resting / beat);
  for (const { watched, asked } of others) expect([watched.length, asked.length]).toEqual([resting / beat, 1]);
  first.mayRest = true;
  looks(resting + 1);
  expect([first.watched.length, first.asked.length]).toEqual([resting + 1 + resting / beat, resting / beat + 1]);
});

test('without the Data Servers’ word all are watched at the very next look', () => {
  const peers = manyPeers(100);
  looks(1, false);
  for (const { watched } of peers) expect(watched).toContain(look);
  looks(4, false);
  for (const { watched, asked } of peers) {
    expect(watched.slice(-5)).toHaveLength(5);
    expect(asked).toHaveLength(1);
  }
  looks(1);
  looks(resting);
  for (const { asked } of peers) expect(asked.filter((at) => at > look - resting)).toHaveLength(1);
});

test('one that is forgotten is left alone, awake or at rest', () => {
  const [asleep, awake] = manyPeers(2);
  if (!asleep || !awake) throw new Error('no peer');
  Object.assign(awake, { mayRest: false, isResting: false });
  rounds.wake(awake);
  for (const peer of [asleep, awake]) {
    rounds.remove(peer);
    rounds.wake(peer);
  }
  looks(resting);
  expect([asleep, awake].flatMap(({ watched, asked }) => [...watched, ...asked])).toEqual([]);
});
