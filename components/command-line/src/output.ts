/** What the CLI prints: tables for people, JSON for programs (`--json`), errors on stderr with a way to mend. */
import { stripVTControlCharacters } from 'node:util';
import type { Problem } from '@zhiyun/contracts';
import { RestError } from '@zhiyun/contracts/rest';

/** A mistake of the caller: printed as it is, exit status 2. */
export class CommandError extends Error {}

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
const plain = (text: string) => stripVTControlCharacters(text).replace(/[\u0000-\u001f\u007f]/g, '?');

export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [header, ...rows.map((row) => row.map(plain))];
  const widths = header.map((_, index) => Math.max(...cells.map((row) => columns(row[index] ?? ''))));
  return cells
    .map((row) =>
      row
        .map((cell, index) => cell + ' '.repeat((widths[index] ?? 0) - columns(cell)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** `value` as JSON, or what `human` makes of it. */
export function print<T>(value: T, human: (value: T) => string): void {
  process.stdout.write(`${json ? JSON.stringify(value, null, 2) : human(value)}\n`);
}

/** Field errors that the detail does not spell out already, as it does for a request that is not valid. */
export function unsaidErrors({ detail, errors = [] }: Pick<Problem, 'detail' | 'errors'>): string[] {
  return errors
    .filter(({ path, message }) => !detail.includes(path ? `${path} ${message}` : message))
    .map(({ path, message }) => (path ? `${path}: ${message}` : message));
}

export function printError(error: unknown): number {
  if (error instanceof RestError) {
    const { problem } = error;
    if (json) process.stderr.write(`${JSON.stringify(problem)}\n`);
    else {
      process.stderr.write(`zhiyun: ${plain(problem.detail)} (${problem.code})\n`);
      for (const line of unsaidErrors(problem)) process.stderr.write(`  ${plain(line)}\n`);
    }
    return 1;
  }
  const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
  const message = error instanceof Error ? `${error.message}${cause}` : String(error);
  process.stderr.write(
    json ? `${JSON.stringify({ code: 'command-failed', detail: message })}\n` : `zhiyun: ${message}\n`,
  );
  return error instanceof CommandError ? 2 : 1;
}
