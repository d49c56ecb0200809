import type { Fault } from '@zhiyun/contracts';
import { expect, it } from 'vitest';
import { stepStatus } from './operation-steps.tsx';

it('shows the step that failed as failed, whether it was undone since or not', () => {
  const error: Fault = { code: 'launch-failed', detail: 'QEMU ended at once.' };
  expect(stepStatus({ state: 'undone', error })).toBe('error');
  expect(stepStatus({ state: 'failed', error })).toBe('error');
  expect(stepStatus({ state: 'undone', error: null })).toBe('wait');
  expect(stepStatus({ state: 'done', error: null })).toBe('finish');
});
