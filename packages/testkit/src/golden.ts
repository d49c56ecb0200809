/** Golden files: the expected text lies beside the test, a change of it is seen in review. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

/**
 * `text` must equal the file. `UPDATE_GOLDEN=1` writes the file instead. Name it from the test:
 * `expectGolden(new URL('./run.golden', import.meta.url), text)`.
 */
export async function expectGolden(path: string | URL, text: string): Promise<void> {
  const file = path instanceof URL ? fileURLToPath(path) : path;
  if (process.env.UPDATE_GOLDEN === '1') {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
    return;
  }
  const expected = await readFile(file, 'utf8').catch(() => {
    throw new Error(
      `The golden file ${file} is missing. Run the test once with UPDATE_GOLDEN=1 and look at what it wrote.`,
    );
  });
  expect(text, `differs from ${file}; if the change is meant, run with UPDATE_GOLDEN=1`).toBe(expected);
}
