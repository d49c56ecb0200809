/** The console as it was built by the launcher: a page that grew fails a test, not the start of a platform. */
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { doorLimit, firstLoad, pageLimit, pages, totalBytes } from './bundle-size.ts';

const built = resolve(import.meta.dirname, '../dist');

it.each(Object.entries(pages))('the first load of %s stays small', (name, sources) => {
  const limit = name === 'login' ? doorLimit : pageLimit;
  const files = firstLoad(built, sources);
  expect(files.length).toBeLessThanOrEqual(limit.files);
  expect(totalBytes(files)).toBeLessThanOrEqual(limit.bytes);
});
