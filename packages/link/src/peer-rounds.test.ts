import { expect, test } from 'vitest';
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
  watch(isTold: boolean): void {
    this.watched.push(look);
    this.isResting = isTold && this.mayRest;
    if (!this.isResting) rounds.wake(this);
  }
}

let look: number;
let rounds: PeerRounds;

function looks(count: number, isTold = true): void {
  for (let done = 0; done < count; done++) {
    look++;
    rounds.look(isTold, 0);
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

test('each of those that rest is watched once a second and asked every four, and all looks have as much to do', () => {
  const peers = manyPeers(160);
  looks(32);
  for (const { watched, asked } of peers) {
    expect(watched).toHaveLength(8);
    expect(new Set(watched.map((at) => at % 4)).size).toBe(1);
    expect(asked).toHaveLength(2);
    expect((asked[1] ?? 0) - (asked[0] ?? 0)).toBe(16);
  }
  expect(perLook(peers.map(({ watched }) => watched))).toEqual(Array(32).fill(40));
  expect(perLook(peers.map(({ asked }) => asked))).toEqual(Array(32).fill(10));
});

test('one that does not rest is watched at each look and asked every second, the others as before', () => {
  const [first, ...others] = manyPeers(16);
  if (!first) throw new Error('no peer');
  Object.assign(first, { mayRest: false, isResting: false });
  rounds.wake(first);
  looks(16);
  expect(first.watched).toHaveLength(16);
  expect(first.asked).toHaveLength(4);
  for (const { watched, asked } of others) expect([watched.length, asked.length]).toEqual([4, 1]);
  first.mayRest = true;
  looks(17);
  expect([first.watched.length, first.asked.length]).toEqual([16 + 1 + 4, 4 + 1]);
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
  looks(16);
  for (const { asked } of peers) expect(asked.filter((at) => at > look - 16)).toHaveLength(1);
});

test('one that is forgotten is left alone, awake or at rest', () => {
  const [resting, awake] = manyPeers(2);
  if (!resting || !awake) throw new Error('no peer');
  Object.assign(awake, { mayRest: false, isResting: false });
  rounds.wake(awake);
  for (const peer of [resting, awake]) {
    rounds.remove(peer);
    rounds.wake(peer);
  }
  looks(16);
  expect([resting, awake].flatMap(({ watched, asked }) => [...watched, ...asked])).toEqual([]);
});
