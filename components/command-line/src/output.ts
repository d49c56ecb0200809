/** What the CLI prints: words and tables for people, JSON for programs (`--json`). Errors are in `print-error.ts`. */
import { stripVTControlCharacters } from 'node:util';

/** A mistake of the caller: printed as it is, exit status 2. */
export class CommandError extends Error {}
/** Not the caller's mistake: printed as it is, exit status 1. */
export class FailedError extends Error {}

let json = false;
export function setJsonOutput(on: boolean): void {
  json = on;
}
export function jsonOutput(): boolean {
  return json;
}

/** Width on a terminal: CJK and full-width characters take two columns. */
function columns(text: string): number {
  let width = 0;
  for (const character of stripVTControlCharacters(text))
    width += /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u.test(
      character,
    )
      ? 2
      : 1;
  return width;
}

/** Strings from guests and users must not drive the terminal. */
export const plain = (text: string) => stripVTControlCharacters(text).replace(/[\u0000-\u001f\u007f]/g, '?');

type Row = readonly string[];

/** Rows that come in parts line up with the first part; what is longer in a later one pushes the rest of its row. */
export function tableLayout(first: readonly Row[]): (rows: readonly Row[]) => string {
  const plainRows = (rows: readonly Row[]) => rows.map((row) => row.map(plain));
  const widths: number[] = [];
  for (const row of plainRows(first))
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, columns(cell));
  const pad = (cell: string, index: number) => cell + ' '.repeat(Math.max(0, (widths[index] ?? 0) - columns(cell)));
  return (rows) =>
    plainRows(rows)
      .map((row) => row.map(pad).join('  ').trimEnd())
      .join('\n');
}

export function table(header: Row, rows: readonly Row[]): string {
  const all = [header, ...rows];
  return tableLayout(all)(all);
}

/** `name  value`, one a line; what is undefined is left out. */
export function fieldList(fields: readonly (readonly [name: string, value: string | undefined])[]): string {
  const rows = fields.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
  return tableLayout(rows)(rows);
}

export function write(text: string): void {
  process.stdout.write(text);
}

/** `value` as JSON, or what `human` makes of it. */
export function print<T>(value: T, human: (value: T) => string): void {
  write(`${json ? JSON.stringify(value, null, 2) : human(value)}\n`);
}

/** A remark beside the output: for people, never part of what programs read. */
export function remark(text: string): void {
  if (!json) process.stderr.write(`zhiyun: ${text}\n`);
}
