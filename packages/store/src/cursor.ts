/**
 * Cursors for keyset pagination: the sort key of a page's last row as opaque text, bound to its sort order so that it
 * cannot be used for another list.
 */
import { say } from '@zhiyun/contracts';
import { fieldError, PlatformError } from '@zhiyun/kernel';

export type CursorKey = readonly (string | number)[];

/** `sort` names the list and its order, e.g. `instances:-createdAt`. */
export function encodeCursor(sort: string, key: CursorKey): string {
  return Buffer.from(JSON.stringify([sort, ...key])).toString('base64url');
}

/** Decodes a cursor. Throws `invalid-request` when it belongs to another list or order. */
export function decodeCursor(sort: string, cursor: string, length = 1): CursorKey {
  const [cursorSort, ...key] = parse(cursor);
  const usable = key.every((part) => typeof part === 'string' || typeof part === 'number');
  if (cursorSort === sort && key.length === length && usable) return key as CursorKey;
  throw wrongCursor();
}

export function wrongCursor(): PlatformError {
  const reason = say('field.cursor');
  return new PlatformError('invalid-request', say('rest.cursor', { reason }), {
    errors: [fieldError('cursor', reason)],
  });
}

function parse(cursor: string): unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}
