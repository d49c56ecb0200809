// @vitest-environment jsdom
import { screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import { pageInJsdom } from '../../testing/page-in-jsdom.tsx';
import { Component } from './operation-page.tsx';

const parent = {
  id: 'o',
  kind: 'instance.create-batch',
  state: 'failed',
  progress: 1,
  steps: [],
  target: { kind: 'compute-pool', id: 'p', name: 'default' },
  error: { code: 'node-fault', detail: 'QEMU does not start.' },
  cancellable: false,
  cancelRequested: false,
  createdBy: null,
  createdAt: '2026-01-01T00:00:00Z',
  endedAt: '2026-01-01T00:00:01Z',
  children: { total: 20, waiting: 0, running: 0, succeeded: 17, failed: 3, cancelled: 0, stuck: 0 },
};
const { open } = pageInJsdom(Component, ({ path }) =>
  path === '/operations' ? { items: [], nextCursor: null } : parent,
);

it.each([
  ['zh-CN', '20 项中有 3 项没有成功'],
  ['en-US', '3 of 20 did not succeed'],
] as const)('says in %s how many of several failed, before it says why', async (language, words) => {
  await open(language);
  expect((await screen.findByRole('alert')).textContent).toContain(words);
});
