/** Which columns of a list are shown: as many as fit, unless somebody has chosen. */
import type { TableProps } from 'antd';
import { usePreferences } from '../../app/preferences.ts';

export type Column<Item> = NonNullable<TableProps<Item>['columns']>[number] & {
  key: string;
  /** Cannot be hidden: the name, what can be done. */
  always?: boolean;
  /** Shown to who asks for it only. */
  rare?: boolean;
};

/** Those to show. A chosen column is shown however narrow the window is. */
export function chosenColumns<Item>(
  columns: readonly Column<Item>[],
  chosen: readonly string[] | undefined,
): Column<Item>[] {
  if (!chosen) return columns.filter(({ rare }) => !rare);
  return columns
    .filter(({ key, always }) => always || chosen.includes(key))
    .map(({ responsive: _, ...column }) => column as Column<Item>);
}

/** What is ticked when the choice is first opened. */
export function shownKeys<Item>(
  columns: readonly Column<Item>[],
  chosen: readonly string[] | undefined,
): readonly string[] {
  return chosen ?? columns.flatMap(({ key, always, rare }) => (always || rare ? [] : [key]));
}

export function useChosenColumns(list: string): readonly string[] | undefined {
  return usePreferences().columns[list];
}
