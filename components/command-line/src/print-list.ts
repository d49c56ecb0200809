/** A list of any length, printed page by page while it comes: a hundred thousand rows need the memory of one page. */
import type { Page } from '@zhiyun/contracts';
import { jsonOutput, remark, tableLayout, write } from './output.ts';
import { text, type Words } from './words/language.ts';
import { said } from './words/said.ts';

const pageLimit = 500;

export type ReadPage<Item> = (page: { limit: number; cursor?: string }) => Promise<Page<Item>>;
export interface Column<Item> {
  head: Words;
  cell: (item: Item) => string;
}

/** Every page of a list, at most `limit` items in all. `more`: the list goes on behind them. */
async function* pages<Item>(read: ReadPage<Item>, limit = Number.POSITIVE_INFINITY) {
  let left = limit;
  let cursor: string | null = null;
  do {
    const page: Page<Item> = await read({ limit: Math.min(pageLimit, left), ...(cursor !== null && { cursor }) });
    left -= page.items.length;
    cursor = page.nextCursor;
    yield { items: page.items, nextCursor: cursor, more: cursor !== null };
  } while (cursor !== null && left > 0);
}

export async function wholeList<Item>(read: ReadPage<Item>): Promise<Item[]> {
  const items: Item[] = [];
  for await (const page of pages(read)) items.push(...page.items);
  return items;
}

/** Waits until what was written is taken, so that a slow reader does not fill our memory. */
async function writeAll(part: string): Promise<void> {
  if (process.stdout.writableLength > 1 << 20) await new Promise((done) => process.stdout.once('drain', done));
  write(part);
}

const indented = (item: unknown) => `    ${JSON.stringify(item, null, 2).replaceAll('\n', '\n    ')}`;

/** The same text as `JSON.stringify({ items, nextCursor }, null, 2)`. */
async function printJson<Item>(read: ReadPage<Item>, limit: number | undefined): Promise<void> {
  let any = false;
  let last: string | null = null;
  await writeAll('{\n  "items": [');
  for await (const { items, nextCursor } of pages(read, limit)) {
    if (items.length > 0) await writeAll(`${any ? ',' : ''}\n${items.map(indented).join(',\n')}`);
    any ||= items.length > 0;
    last = nextCursor;
  }
  await writeAll(`${any ? '\n  ' : ''}],\n  "nextCursor": ${JSON.stringify(last)}\n}\n`);
}

export interface ListOptions<Item> {
  read: ReadPage<Item>;
  columns: readonly Column<Item>[];
  /** Said instead of an empty table. */
  empty: string;
  /** What the user asked for; without it the list is whole. */
  limit?: number | undefined;
}

export async function printList<Item>({ read, columns, empty, limit }: ListOptions<Item>): Promise<void> {
  if (jsonOutput()) return printJson(read, limit);
  const header = columns.map(({ head }) => text(head));
  let layOut: ReturnType<typeof tableLayout> | undefined;
  let shown = 0;
  let cut = false;
  for await (const { items, more } of pages(read, limit)) {
    const rows = items.map((item) => columns.map(({ cell }) => cell(item)));
    if (rows.length > 0) {
      const first: readonly (readonly string[])[] = layOut ? rows : [header, ...rows];
      layOut ??= tableLayout(first);
      await writeAll(`${layOut(first)}\n`);
    }
    shown += rows.length;
    cut = more;
  }
  if (shown === 0) write(`${empty}\n`);
  if (cut) remark(said.listCut(shown));
}
