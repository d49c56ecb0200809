// @vitest-environment jsdom
import { screen } from '@testing-library/react';
import { beforeEach, expect, it } from 'vitest';
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
const child = (id: string, state: string, name: string) => {
  const { children: _, ...rest } = parent;
  return { ...rest, id, state, error: null, target: { kind: 'instance', id, name } };
};
let shown: object;
beforeEach(() => {
  shown = parent;
});
const { open } = pageInJsdom(Component, ({ path }, query) => {
  if (path !== '/operations') return shown;
  const state = query.get('state');
  // The first page of all holds none of those that need attention.
  const item = state ? child(state, state, `is-${state}`) : child('a', 'succeeded', 'is-fine');
  return { items: [item], nextCursor: null };
});

it.each([
  ['zh-CN', '20 项中有 3 项没有成功'],
  ['en-US', '3 of 20 did not succeed'],
] as const)('says in %s how many of several failed, before it says why', async (language, words) => {
  await open(language);
  expect((await screen.findByRole('alert')).textContent).toContain(words);
});

it('says the reason itself where all parts succeeded and a later step failed', async () => {
  const { children } = parent;
  shown = { ...parent, kind: 'component.remove', children: { ...children, succeeded: 20, failed: 0 } };
  await open('en-US');
  const words = (await screen.findByRole('alert')).textContent;
  expect(words).toContain('QEMU does not start.');
  expect(words).not.toContain('of 20');
});

it('shows the parts that need attention, however many there are besides', async () => {
  await open('en-US');
  for (const name of ['is-stuck', 'is-failed', 'is-fine']) expect(await screen.findByText(name)).toBeTruthy();
});
