/** Pages of arrays, by cursor; and finding things by id or name. */
import type { Page } from '@zhiyun/contracts';
import { MockError } from './mock-error.ts';

interface PageQuery {
  limit: number;
  cursor?: string | undefined;
}

/** The cursor is the id of the last row that was given. */
export function pageOf<Item>(items: readonly Item[], query: PageQuery, keyOf: (item: Item) => string): Page<Item> {
  const start = query.cursor === undefined ? 0 : items.findIndex((item) => keyOf(item) === query.cursor) + 1;
  const page = items.slice(start, start + query.limit);
  const last = page.at(-1);
  const more = start + query.limit < items.length;
  return { items: page, nextCursor: more && last ? keyOf(last) : null };
}

export function fits(name: string, search: string | undefined): boolean {
  return search === undefined || name.toLowerCase().includes(search.toLowerCase());
}

export function isReference(item: { id: string; name: string }, reference: string | undefined): boolean {
  return reference === undefined || item.id === reference || item.name === reference;
}

export function found<Item extends { id: string; name: string }>(
  items: readonly Item[],
  reference: string,
  what: string,
): Item {
  const item = items.find(({ id, name }) => id === reference || name === reference);
  if (!item) throw new MockError('not-found', `There is no ${what} "${reference}".`);
  return item;
}

/** For references inside a body: the error belongs to the field. */
export function referenced<Item extends { id: string; name: string }>(
  items: readonly Item[],
  reference: string,
  what: string,
  path: string,
): Item {
  const item = items.find(({ id, name }) => id === reference || name === reference);
  if (!item) {
    throw new MockError('invalid-request', `There is no ${what} "${reference}".`, [
      { path, message: 'does not exist' },
    ]);
  }
  return item;
}

export function refuseTakenName(items: readonly { id: string; name: string }[], name: string, except?: string): void {
  if (items.some((item) => item.name === name && item.id !== except)) {
    throw new MockError('name-taken', `The name "${name}" is in use; choose another.`, [
      { path: 'name', message: 'is in use' },
    ]);
  }
}
