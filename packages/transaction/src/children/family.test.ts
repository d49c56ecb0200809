import { operationStates } from '@zhiyun/contracts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { familyOf, type Member } from './family.ts';

const member: fc.Arbitrary<Member> = fc.record({
  state: fc.constantFrom('waiting' as const, ...operationStates),
  progress: fc.double({ min: 0, max: 1, noNaN: true }),
  weight: fc.integer({ min: 1, max: 1_000_000 }),
});
const members = fc.array(member, { maxLength: 30 });
const ended = ['succeeded', 'failed', 'cancelled', 'stuck'];

test('each child is counted once', () => {
  fc.assert(
    fc.property(members, (all) => {
      const { total, ...parts } = familyOf(all).counts;
      expect(total).toBe(all.length);
      expect(Object.values(parts).reduce((sum, count) => sum + count, 0)).toBe(total);
    }),
  );
});

test('a parent runs exactly as long as a child does, or is to be begun', () => {
  fc.assert(
    fc.property(members, (all) => {
      expect(familyOf(all).state === 'running').toBe(all.some(({ state }) => !ended.includes(state)));
      const { state } = familyOf(all, { stopping: true });
      expect(state === 'running').toBe(all.some((one) => one.state !== 'waiting' && !ended.includes(one.state)));
    }),
  );
});

test('it succeeds exactly when all have, and fails by any that has not', () => {
  fc.assert(
    fc.property(members, (all) => {
      const { state } = familyOf(all);
      expect(state === 'succeeded').toBe(all.every((one) => one.state === 'succeeded'));
      const atRest = all.filter((one) => ended.includes(one.state));
      if (atRest.some((one) => one.state === 'failed' || one.state === 'stuck'))
        expect(familyOf(atRest).state).toBe('failed');
    }),
  );
});

test('neither order nor grouping of the children matters', () => {
  fc.assert(
    fc.property(members, (all) => {
      const [one, other] = [familyOf(all), familyOf(all.toReversed())];
      expect(other.counts).toEqual(one.counts);
      expect(other.state).toBe(one.state);
      expect(other.progress).toBeCloseTo(one.progress, 9);
    }),
  );
});

test('progress is between none and all, all only when nothing is left to do, and never less when a child has come further', () => {
  fc.assert(
    fc.property(members, fc.nat(), (all, which) => {
      const { progress } = familyOf(all);
      expect(progress).toBeGreaterThanOrEqual(0);
      expect(progress).toBeLessThanOrEqual(1);
      if (all.every(({ state }) => ended.includes(state))) expect(progress).toBe(1);
      const further = all.map((one, index) =>
        index === which % all.length ? { ...one, state: 'succeeded' as const } : one,
      );
      expect(familyOf(further).progress).toBeGreaterThanOrEqual(progress - 1e-9);
    }),
  );
});
