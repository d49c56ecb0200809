/**
 * `list`, `show` and `delete` of any kind, by its routes and its columns. What a kind does besides is written by hand beside these; a
 * kind that declares columns of its own needs nothing here at all.
 */
import { formatBytes, type KindColumn, type KindDefinition, type KindName, kindNamed } from '@zhiyun/contracts';
import type { Command, Option } from 'commander';
import { connect } from '../connection.ts';
import { eachTarget } from '../each-target.ts';
import { fieldList, print } from '../output.ts';
import { type Column, printList } from '../print-list.ts';
import { localTime } from '../times.ts';
import type { HelpKey } from '../words/help.ts';
import { language, type Words } from '../words/language.ts';
import { afterHan, said } from '../words/said.ts';
import { describe } from './command-words.ts';
import { deleteOf, getOf, listOf } from './kind-calls.ts';

export interface KindList<Item, Given> {
  help: HelpKey | Words;
  columns: readonly Column<Item>[];
  /** Said instead of an empty table. */
  empty: (filtered: boolean) => string;
  options?: readonly Option[];
  /** What is asked for, of what was given; without `--limit`, which every list may take. */
  filter?: (given: Given) => object;
}

export function addList<Item, Given extends object = object>(
  parent: Command,
  kind: KindName,
  { help, columns, empty, options = [], filter = () => ({}) }: KindList<Item, Given>,
): void {
  const list = parent.command('list').description(describe(help));
  for (const each of options) list.addOption(each);
  list.action(async (given: Given & { limit?: number }) => {
    const { client } = connect();
    const query = filter(given);
    await printList<Item>({
      read: (page) => listOf(client, kind, { query: { ...query, ...page } }),
      columns,
      empty: empty(Object.keys(query).length > 0),
      limit: given.limit,
    });
  });
}

/** The argument is called like the command's group: completion knows by that which names fit. */
export function addShow<Item>(
  parent: Command,
  kind: KindName,
  help: HelpKey | Words,
  details: (found: Item) => string | Promise<string>,
): void {
  parent
    .command(`show <${parent.name()}>`)
    .description(describe(help))
    .action(async (id: string) => {
      const found = await getOf<Item>(connect().client, kind, id);
      const shown = await details(found);
      print(found, () => shown);
    });
}

/** Of kinds that are gone at once; where it takes an operation, the command is its own. */
export function addDelete(parent: Command, kind: KindName, help: HelpKey | Words): void {
  parent
    .command(`delete <${parent.name()}...>`)
    .description(describe(help))
    .action(async (names: string[]) => {
      const { client } = connect();
      await eachTarget(names, async (id) => {
        await deleteOf(client, kind, id);
        return { value: { deleted: id }, sentence: said.deleted(id), failed: false };
      });
    });
}

type Item = Readonly<Record<string, unknown>>;

function written(item: Item, { field, as }: KindColumn): string {
  const value = item[field];
  if (value === null || value === undefined || value === '') return '-';
  if (as === 'time') return localTime(String(value));
  return as === 'bytes' ? formatBytes(Number(value)) : String(value);
}

/** All three, of the columns that the kind declares. */
export function addPlainCommands(parent: Command, kind: KindName): void {
  const { noun, columns: own = [] }: KindDefinition = kindNamed(kind);
  const columns: readonly KindColumn[] = [...own, { field: 'id', en: 'ID', zh: 'ID' }];
  addList<Item>(parent, kind, {
    help: [`list ${noun.en}s`, `列出${afterHan(noun.zh)}`],
    columns: columns.map((column) => ({
      head: [column.en.toUpperCase(), column.zh],
      cell: (item) => written(item, column),
    })),
    empty: () => said.noneOf(noun),
  });
  addShow<Item>(parent, kind, [`one ${noun.en}`, `一个${afterHan(noun.zh)}的详情`], (item) =>
    fieldList(columns.map((column) => [language() === 'zh' ? column.zh : column.field, written(item, column)])),
  );
  addDelete(parent, kind, [`delete ${noun.en}s`, `删除${afterHan(noun.zh)}`]);
}
