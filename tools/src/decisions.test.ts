/** Decision records carry date and status, stay short, and are all in their index; what they link to is there. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { expect, test } from 'vitest';

const docs = resolve(import.meta.dirname, '../../docs');
const records = globSync('decisions/[0-9]*.md', { cwd: docs }).sort();
const textOf = (path: string) => readFileSync(resolve(docs, path), 'utf8');

test('every record has a title with its number, then date and status, and at most 60 lines', () => {
  const form = (path: string) =>
    new RegExp(
      `^# ${basename(path).slice(0, 4)} .+\n\nDate: 2\\d{3}-\\d{2}-\\d{2} · Status: (accepted|superseded by \\[\\d{4}\\])`,
    );
  expect(records.filter((path) => !form(path).test(textOf(path)))).toEqual([]);
  expect(records.filter((path) => textOf(path).trimEnd().split('\n').length > 60)).toEqual([]);
});

test('the index names every record once, in order', () => {
  const named = [...textOf('decisions/README.md').matchAll(/^\| \[\d{4}\]\(([^)]+)\)/gm)].map(
    ([, name]) => `decisions/${name}`,
  );
  expect(named).toEqual(records);
});

test('documents link to files that are there', () => {
  const pages = globSync('**/*.md', { cwd: docs });
  const dead = pages.flatMap((page) =>
    [...textOf(page).matchAll(/\]\(([^)#:]+\.\w+)(?:#[^)]*)?\)/g)]
      .map(([, target = '']) => target)
      .filter((target) => !existsSync(resolve(docs, dirname(page), target)))
      .map((target) => `${page}: ${target}`),
  );
  expect(dead).toEqual([]);
});
