/** The commands that a README tells its reader to type: the lines of the `sh` blocks of one section, as they stand there. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';

export const checkout = resolve(import.meta.dirname, '../..');

/** `heading`: of the section, without `##`. Throws when the file has no such section. */
export async function readmeCommands(file: string, heading: string): Promise<string[]> {
  const text = await readFile(resolve(checkout, file), 'utf8');
  const section = text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`));
  if (section === undefined) throw new Error(`${file} has no section «${heading}»`);
  const blocks = [...section.matchAll(/^```sh\n(.*?)^```$/gms)];
  return blocks.flatMap(([, lines = '']) => lines.split('\n').filter((line) => line !== ''));
}

/** What stands behind `#` is for the reader, in the reader's language. */
export const withoutRemark = (command: string): string => command.replace(/\s+#.*$/, '');
