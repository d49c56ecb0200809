/** One page of a list that goes on by keyset: the rows after the last one of the page before. */
import type { Page } from '@zhiyun/contracts';
import { sqlState } from './connection/database-errors.ts';
import { type CursorKey, decodeCursor, encodeCursor, wrongCursor } from './cursor.ts';

export interface Paging<Row, Item> {
  /** Names the list and its order, e.g. `images:-createdAt`. */
  list: string;
  /** By which rows are ordered; so many parts as tell two rows apart. */
  keyOf: (row: Row) => CursorKey;
  keyLength?: number;
  /** At most `count` rows after that key. */
  read: (after: CursorKey | undefined, count: number) => Promise<readonly Row[]>;
  show: (rows: readonly Row[]) => readonly Item[] | Promise<readonly Item[]>;
}

/** Throws `invalid-request` for a cursor of another list, or one that the platform has not made. */
export async function page<Row, Item>(
  { limit, cursor }: { limit: number; cursor?: string | undefined },
  { list, keyOf, keyLength = 1, read, show }: Paging<Row, Item>,
): Promise<Page<Item>> {
  const after = cursor === undefined ? undefined : decodeCursor(list, cursor, keyLength);
  const rows = await read(after, limit + 1).catch((error: unknown) => {
    // Class 22, data exception: a part of the key is not of its column's type.
    throw after && sqlState(error)?.startsWith('22') ? wrongCursor() : error;
  });
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: [...(await show(shown))],
    nextCursor: rows.length > limit && last !== undefined ? encodeCursor(list, keyOf(last)) : null,
  };
}
