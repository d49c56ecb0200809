/**
 * The state of a list lives in the address: search, filters, sort and cursor, so that every view can be linked and the back
 * button works. Cursors only lead forwards; the way back is kept in the history entry.
 */
import { useLocation, useSearchParams } from 'react-router';
import { type PageSize, preferences, usePreferences } from '../../app/preferences.ts';

export interface ListState<Key extends string> {
  filters: Partial<Record<Key, string>>;
  cursor: string | undefined;
  filtered: boolean;
  /** Rows of a page. */
  limit: PageSize;
  setLimit(limit: PageSize): void;
  /** Undefined or empty clears it. Always leads back to the first page. */
  setFilter(key: Key, value: string | undefined): void;
  clear(): void;
  next(cursor: string): void;
  /** Undefined on the first page. */
  previous: (() => void) | undefined;
}

function trailOf(state: unknown): string[] {
  const trail = (state as { cursors?: unknown } | null)?.cursors;
  return Array.isArray(trail) ? trail.filter((cursor) => typeof cursor === 'string') : [];
}

/** Only what the contract knows is sent on; a hand-typed address cannot break the page. */
export function oneOf<Value extends string>(value: string | undefined, known: readonly Value[]): Value | undefined {
  return known.find((each) => each === value);
}

export function useListState<const Key extends string>(
  keys: readonly Key[],
  /** Not counted as filters: e.g. the sort. */
  settings: readonly NoInfer<Key>[] = [],
): ListState<Key> {
  const [params, setParams] = useSearchParams();
  const { state } = useLocation();
  const { pageSize: limit } = usePreferences();
  const filters: Partial<Record<Key, string>> = {};
  for (const key of keys) {
    const value = params.get(key);
    if (value) filters[key] = value;
  }
  const cursor = params.get('cursor') ?? undefined;
  const trail = trailOf(state);

  function change(edit: (next: URLSearchParams) => void, options: { replace?: boolean; cursors?: string[] }): void {
    setParams(
      (current) => {
        const next = new URLSearchParams(current);
        edit(next);
        return next;
      },
      { replace: options.replace ?? false, state: options.cursors ? { cursors: options.cursors } : null },
    );
  }
  const goTo = (next: URLSearchParams, to: string | undefined) => (to ? next.set('cursor', to) : next.delete('cursor'));

  return {
    filters,
    cursor,
    filtered: keys.some((key) => !settings.includes(key) && filters[key] !== undefined),
    setFilter(key, value) {
      change(
        (next) => {
          next.delete('cursor');
          if (value) next.set(key, value);
          else next.delete(key);
        },
        // Every keystroke of a search is not a page to come back to.
        { replace: key === 'search' },
      );
    },
    limit,
    setLimit(next) {
      preferences.set({ pageSize: next });
      change((params) => params.delete('cursor'), { replace: true });
    },
    clear() {
      change((next) => {
        next.delete('cursor');
        for (const key of keys) if (!settings.includes(key)) next.delete(key);
      }, {});
    },
    next(to) {
      change((next) => goTo(next, to), { cursors: [...trail, cursor ?? ''] });
    },
    previous:
      cursor === undefined
        ? undefined
        : () => change((next) => goTo(next, trail.at(-1)), { cursors: trail.slice(0, -1) }),
  };
}
