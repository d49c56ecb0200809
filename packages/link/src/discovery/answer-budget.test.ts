import { virtualClock } from '@zhiyun/testkit';
import { expect, it } from 'vitest';
import { AnswerBudget } from './answer-budget.ts';

it('gives a burst, then so many each second', async () => {
  const clock = virtualClock();
  const budget = new AnswerBudget(clock, 5, 10);
  const taken = () => Array.from({ length: 100 }, () => budget.take()).filter(Boolean).length;
  expect(taken()).toBe(10);
  expect(taken()).toBe(0);
  await clock.advance(1_000);
  expect(taken()).toBe(5);
  await clock.advance(60_000);
  expect(taken()).toBe(10);
});
