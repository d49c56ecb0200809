/** Builds the console once for all browser tests, and removes the build afterwards. */
import type { TestProject } from 'vitest/node';
import { chromiumMissing, chromiumPath } from './browser.ts';
import { buildConsole, removeBuild } from './build-console.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Directory of the built console; empty when there is no browser to look at it. */
    builtConsole: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  if (chromiumMissing) {
    console.warn(
      `The browser tests are skipped: there is no Chromium at ${chromiumPath} (apt install chromium, or set CHROMIUM)`,
    );
    project.provide('builtConsole', '');
    return async () => {};
  }
  const directory = await buildConsole('development');
  project.provide('builtConsole', directory);
  return () => removeBuild(directory);
}
