// @vitest-environment jsdom
import { act, cleanup, render } from '@testing-library/react';
import { createMemoryRouter, RouterProvider } from 'react-router';
import { afterEach, expect, it } from 'vitest';
import { type ListState, oneOf, useListState } from './list-state.ts';

type Keys = 'search' | 'state' | 'sort';

let current: ListState<Keys> | undefined;

function List() {
  current = useListState(['search', 'state', 'sort'], ['sort']);
  return null;
}

/** A list page at an address; `list()` is its state, `address()` where it is now. */
function openList(at: string) {
  const router = createMemoryRouter([{ path: '/', Component: List }], { initialEntries: [at] });
  render(<RouterProvider router={router} />);
  return {
    list: () => current ?? expect.fail('not drawn'),
    address: () => router.state.location.search,
    back: () => act(() => router.navigate(-1)),
  };
}

afterEach(cleanup);

it('reads filters from the address', () => {
  const { list } = openList('/?search=web&sort=name');
  expect(list().filters).toEqual({ search: 'web', sort: 'name' });
  expect(list().filtered).toBe(true);
  expect(openList('/?sort=name').list().filtered).toBe(false);
});

it('goes forwards by cursor and backwards by its trail', () => {
  const { list, address } = openList('/');
  expect(list().previous).toBeUndefined();
  act(() => list().next('a'));
  act(() => list().next('b'));
  expect(address()).toBe('?cursor=b');
  act(() => list().previous?.());
  expect(address()).toBe('?cursor=a');
  act(() => list().previous?.());
  expect(address()).toBe('');
  expect(list().previous).toBeUndefined();
});

it('leads from a linked page, whose trail nobody knows, to the first', () => {
  const { list, address } = openList('/?cursor=x');
  act(() => list().previous?.());
  expect(address()).toBe('');
});

it('starts at the first page again when a filter changes, and clears filters but not the sort', () => {
  const { list, address } = openList('/?sort=name&cursor=x');
  act(() => list().setFilter('state', 'running'));
  expect(address()).toBe('?sort=name&state=running');
  act(() => list().clear());
  expect(address()).toBe('?sort=name');
});

it('makes a page to come back to of a filter, but not of each keystroke', async () => {
  const { list, address, back } = openList('/');
  act(() => list().setFilter('state', 'running'));
  act(() => list().setFilter('search', 'w'));
  act(() => list().setFilter('search', 'we'));
  await back();
  expect(address()).toBe('');
});

it('takes only what the contract knows', () => {
  expect(oneOf('running', ['running', 'stopped'])).toBe('running');
  expect(oneOf('odd', ['running', 'stopped'])).toBeUndefined();
  expect(oneOf(undefined, ['running'])).toBeUndefined();
});
