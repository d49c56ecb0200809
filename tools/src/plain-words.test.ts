/** Comments of the swept folders use the words of docs/style.md, so that a search for the trade's term finds the place. */
import { globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const swept = [
  'packages/{kernel,link,service,store,transaction}/src/**/*.ts',
  'components/{node-client,data-server,http-gateway,storage-server}/src/**/*.ts',
  'components/control-server/src/node/**/*.ts',
];
/** Phrases that always have a better word; see docs/style.md. `code` in a comment is not read. */
const banned = /\bwhoever\b|\bbeaten\b|\b(?:is|are|was|were|been|be) told\b/i;

/** Docblocks with a banned phrase, as `file: phrase`. */
function foundIn(file: string, text: string): string[] {
  return [...text.matchAll(/\/\*\*[\s\S]*?\*\//g)].flatMap(([comment]) => {
    const phrase = banned.exec(comment.replace(/`[^`]*`/g, '').replace(/\s*\n\s*\*\s*/g, ' '));
    return phrase ? [`${file}: ${phrase[0]}`] : [];
  });
}

test('a banned phrase is found across lines, and not in code', () => {
  expect(foundIn('a.ts', '/** What peers are\n * told. */')).toEqual(['a.ts: are told']);
  expect(foundIn('a.ts', '/** `whoever` */ const told = whoever;')).toEqual([]);
});

test('headers say «announce», «heartbeat» and who acts', () => {
  const files = globSync(swept, { cwd: root }).filter((file) => !/\.test\.ts$|\/test-[\w-]+\.ts$/.test(file));
  expect(files.flatMap((file) => foundIn(file, readFileSync(resolve(root, file), 'utf8')))).toEqual([]);
});
