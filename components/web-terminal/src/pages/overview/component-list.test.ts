import { expect, it } from 'vitest';
import { healthOf } from './component-list.tsx';

it('is well when all are online, and worse when none is', () => {
  expect(healthOf({ counts: { online: 2, suspect: 0, gone: 0 } })).toEqual({ status: 'success', online: 2, all: 2 });
  expect(healthOf({ counts: { online: 1, suspect: 1, gone: 1 } })).toEqual({ status: 'warning', online: 1, all: 3 });
  expect(healthOf({ counts: { online: 0, suspect: 0, gone: 1 } })).toEqual({ status: 'error', online: 0, all: 1 });
});
