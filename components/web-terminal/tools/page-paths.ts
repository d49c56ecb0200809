/**
 * The addresses that are pages, as patterns of the router, read off the pages themselves. The build writes them down for the Http
 * Gateway: everything else is 404.
 */
import { glob } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { PageRoutes } from '../src/app/pages/page-routes.ts';

const pages = resolve(import.meta.dirname, '../src/pages');

export async function pagePaths(): Promise<string[]> {
  const files = (await Array.fromAsync(glob('*/routes.ts', { cwd: pages }))).sort();
  const found = await Promise.all(
    files.map((file) => import(/* @vite-ignore */ pathToFileURL(resolve(pages, file)).href)),
  );
  return (found as { default: PageRoutes }[]).flatMap(({ default: { routes } }) => routes.map(({ path }) => path));
}
