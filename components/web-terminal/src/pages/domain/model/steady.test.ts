import type { LinkState } from '@zhiyun/contracts';
import { expect, it } from 'vitest';
import { type Memory, steadied } from './steady.ts';

const second = 1_000;
const at = (ms: number) => new Date(ms).toISOString();

/** Shows one link at these seconds, in these states. */
function shown(story: readonly (readonly [number, LinkState])[]): string[] {
  const memory: Memory = new Map();
  let last: { state: LinkState; since: string } | undefined;
  return story.map(([seconds, state]) => {
    const nowMs = seconds * second;
    last = last?.state === state ? last : { state, since: at(nowMs) };
    const [drawn] = steadied([last], () => 'link', memory, nowMs);
    const again = steadied([last], () => 'link', memory, nowMs);
    expect(again).toEqual([drawn]);
    return `${drawn?.state} since ${Date.parse(drawn?.since ?? '') / second}`;
  });
}

it('shows a first loss and its end at once', () => {
  const story = [[0, 'online'] as const, [10, 'suspect'] as const, [12, 'gone'] as const, [20, 'online'] as const];
  expect(shown(story)).toEqual(['online since 0', 'suspect since 10', 'gone since 12', 'online since 20']);
});

it('shows what flaps as suspect, until it has been online or gone for a while', () => {
  const flaps = [3, 5, 8, 10, 13].map((s, index) => [s, index % 2 === 0 ? 'gone' : 'online'] as const);
  expect(shown([[0, 'online'], ...flaps, [20, 'gone'], [28, 'gone']])).toEqual([
    'online since 0',
    'gone since 3',
    'online since 5',
    ...Array(4).fill('suspect since 3'),
    'gone since 13',
  ]);
  expect(shown([[0, 'online'], ...flaps, [15, 'online'], [29, 'online'], [30, 'online']]).slice(-3)).toEqual([
    'suspect since 3',
    'suspect since 3',
    'online since 15',
  ]);
});
