/** What is ticked in a list, also on pages that were left; each as it was last seen. */
import { useMemo, useState } from 'react';

export interface Selection<Item> {
  ids: string[];
  items: readonly Item[];
  /** How many of them are not on the page that is shown. */
  elsewhere: number;
  change(ids: readonly React.Key[]): void;
  clear(): void;
}

/** The ticked ones as they are now: what the page holds anew replaces what was remembered. */
export function selectedItems<Item extends { id: string }>(
  ticked: ReadonlyMap<string, Item>,
  page: readonly Item[],
): { items: Item[]; elsewhere: number } {
  const onPage = new Map(page.map((item) => [item.id, item]));
  const items = [...ticked].map(([id, remembered]) => onPage.get(id) ?? remembered);
  return { items, elsewhere: items.filter(({ id }) => !onPage.has(id)).length };
}

export function useSelection<Item extends { id: string }>(page: readonly Item[]): Selection<Item> {
  const [ticked, setTicked] = useState<ReadonlyMap<string, Item>>(new Map());
  const { items, elsewhere } = useMemo(() => selectedItems(ticked, page), [ticked, page]);
  return {
    ids: [...ticked.keys()],
    items,
    elsewhere,
    change(ids) {
      const known = new Map([...ticked, ...page.map((item) => [item.id, item] as const)]);
      setTicked(
        new Map(
          ids.flatMap((id) => {
            const item = known.get(String(id));
            return item ? [[item.id, item] as const] : [];
          }),
        ),
      );
    },
    clear: () => setTicked(new Map()),
  };
}
