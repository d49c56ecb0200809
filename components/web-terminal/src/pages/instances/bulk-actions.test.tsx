// @vitest-environment jsdom
import { screen, waitFor } from '@testing-library/react';
import type { Instance } from '@zhiyun/contracts';
import { beforeEach, expect, it, vi } from 'vitest';
import { pageInJsdom } from '../../testing/page-in-jsdom.tsx';
import { BulkActions } from './bulk-actions.tsx';

const selected = [
  { id: 'a', name: 'web-1', state: 'stopped' },
  { id: 'b', name: 'web-2', state: 'running' },
  { id: 'c', name: 'web-3', state: 'stopped' },
] as Instance[];
const onDone = vi.fn();
let reachable: boolean;
beforeEach(() => {
  onDone.mockClear();
  reachable = true;
});
const begun = {
  id: 'o',
  kind: 'instance.start-batch',
  state: 'running',
  target: { kind: 'system', id: 'x', name: 'x' },
};
const { open, sent } = pageInJsdom(
  () => <BulkActions selected={selected} elsewhere={0} onDone={onDone} />,
  () => {
    if (!reachable) throw new TypeError('Failed to fetch');
    return { ...begun, steps: [], progress: 0, endedAt: null, items: [] };
  },
);

it('sends those that can by one request, and is done', async () => {
  const user = await open('en-US');
  await user.click(await screen.findByRole('button', { name: 'Start' }));
  await waitFor(() => expect(onDone).toHaveBeenCalledOnce());
  expect(sent).toEqual([{ method: 'POST', path: '/instances/batch-start', body: { instances: ['a', 'c'] } }]);
});

it('keeps the selection where nothing was begun', async () => {
  reachable = false;
  const user = await open('zh-CN');
  await user.click(await screen.findByRole('button', { name: /开\s*机/ }));
  expect(await screen.findByText(/无法连接/)).toBeTruthy();
  expect(onDone).not.toHaveBeenCalled();
});
