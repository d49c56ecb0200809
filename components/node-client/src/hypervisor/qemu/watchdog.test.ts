import { virtualClock } from '@zhiyun/testkit';
import { expect, test } from 'vitest';
import type { MachineCondition } from '../hypervisor.ts';
import { conditionOf, watch } from './watchdog.ts';

/** A machine that answers, or is silent until it is let go on. */
function watched() {
  const clock = virtualClock();
  const told: { at: number; condition: MachineCondition | null }[] = [];
  const stopping = new AbortController();
  let answer: () => Promise<MachineCondition | null> = async () => null;
  let questions = 0;
  const ask = () => {
    questions++;
    return answer();
  };
  const tell = (condition: MachineCondition | null) => void told.push({ at: clock.monotonicMs(), condition });
  void watch({ ask, tell, clock }, stopping.signal);
  return {
    clock,
    told,
    stopping,
    questions: () => questions,
    answers: (next: typeof answer) => {
      answer = next;
    },
  };
}

test('a hang is told within 15 s of its beginning, whenever it begins, and so is its end', async () => {
  for (const beginsAfter of [0, 1_000, 3_999, 4_001]) {
    const { clock, told, stopping, answers } = watched();
    await clock.advance(beginsAfter);
    const began = clock.monotonicMs();
    const { promise, resolve } = Promise.withResolvers<null>();
    answers(() => promise);
    await clock.advance(15_000);
    expect(told.at(-1)).toMatchObject({ condition: 'not-responding' });
    expect(Number(told.at(-1)?.at) - began).toBeLessThanOrEqual(15_000);
    resolve(null);
    await clock.settle();
    expect(told.at(-1)).toMatchObject({ condition: null });
    stopping.abort();
  }
});

test('one that is silent is not asked again and again', async () => {
  const { clock, stopping, questions, answers } = watched();
  answers(() => new Promise(() => {}));
  await clock.advance(4_000);
  const before = questions();
  await clock.advance(3_600_000);
  expect(questions() - before).toBeLessThanOrEqual(1);
  stopping.abort();
});

test('one that cannot be reached is silent, and is asked again', async () => {
  const { clock, told, stopping, answers } = watched();
  answers(() => Promise.reject(new Error('no connection')));
  await clock.advance(15_000);
  expect(told.at(-1)?.condition).toBe('not-responding');
  answers(async () => null);
  await clock.advance(15_000);
  expect(told.at(-1)?.condition).toBeNull();
  stopping.abort();
  await clock.settle();
});

test('states that a guest does not leave by itself are conditions', () => {
  expect(conditionOf('running')).toBeNull();
  expect(conditionOf('paused')).toBe('paused');
  expect(conditionOf('io-error')).toBe('disk-full');
  expect(conditionOf('save-vm')).toBeNull();
});
