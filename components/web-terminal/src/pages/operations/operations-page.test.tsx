// @vitest-environment jsdom
import { screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import { pageInJsdom } from '../../testing/page-in-jsdom.tsx';
import { Component } from './operations-page.tsx';

const parent = {
  id: 'o',
  kind: 'instance.create-batch',
  state: 'failed',
  progress: 1,
  steps: [{ name: 'reserve', state: 'succeeded', detail: null, progress: 1, startedAt: null, endedAt: null }],
  target: { kind: 'compute-pool', id: 'p', name: 'default' },
  error: null,
  cancellable: false,
  cancelRequested: false,
  createdBy: null,
  createdAt: '2026-01-01T00:00:00Z',
  endedAt: '2026-01-01T00:00:01Z',
  children: { total: 3, waiting: 0, pending: 0, running: 0, succeeded: 2, failed: 1, cancelled: 0, stuck: 0 },
};
const { open } = pageInJsdom(Component, () => ({ items: [parent], nextCursor: null }));

it('opens the row of an operation with children: the steps, and no rows of a table within the table', async () => {
  const user = await open('en-US');
  await user.click(await screen.findByRole('button', { name: 'Expand row' }));
  expect(await screen.findByRole('button', { name: 'Collapse row' })).toBeTruthy();
});
