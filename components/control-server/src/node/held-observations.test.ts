import type { InstanceId } from '@zhiyun/contracts';
import type { EndedWork } from '@zhiyun/transaction';
import { beforeEach, expect, test } from 'vitest';
import { missing, type Observation } from '../instance/state/observation.ts';
import { HeldObservations } from './held-observations.ts';

const web = 'web' as InstanceId;
const heard = (sequence: number): Observation => ({ ...missing(web, sequence), observed_state: 'running' });
const ended = (state: EndedWork['state'], sequence?: number): EndedWork => ({
  state,
  memory: sequence === undefined ? {} : { report: { sequence } },
});

let work: PromiseWithResolvers<EndedWork> | undefined;
let taken: number[];
let held: HeldObservations;
const take = ({ observed_sequence }: Observation) => taken.push(observed_sequence);
const hold = (sequence: number) => held.hold(heard(sequence), take);

beforeEach(() => {
  work = Promise.withResolvers<EndedWork>();
  taken = [];
  held = new HeldObservations((id) => (id === web ? work?.promise : undefined));
});

async function end(outcome: EndedWork): Promise<void> {
  work?.resolve(outcome);
  await work?.promise;
  await Promise.resolve();
  work = undefined;
}

test('what nothing works on is not held', () => {
  work = undefined;
  expect(hold(1)).toBe(false);
});

test('what the operation has written itself is not taken again', async () => {
  expect([hold(1), hold(2)]).toEqual([true, true]);
  await end(ended('succeeded', 2));
  expect(taken).toEqual([]);
  expect(hold(3)).toBe(false);
});

test('of news only the newest is taken, once the operation has ended', async () => {
  for (const sequence of [1, 4, 3]) hold(sequence);
  expect(taken).toEqual([]);
  await end(ended('succeeded', 2));
  expect(taken).toEqual([4]);
});

test.each<[string, EndedWork]>([
  ['has failed', ended('failed', 5)],
  ['was left to another', ended('running', 5)],
  ['has written no report', ended('succeeded')],
])('when the operation %s, what was heard is taken', async (_, outcome) => {
  hold(5);
  await end(outcome);
  expect(taken).toEqual([5]);
});
