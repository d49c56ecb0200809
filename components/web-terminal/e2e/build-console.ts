/** The console as the gateways of a simulated platform serve it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'vite';

const root = resolve(import.meta.dirname, '..');

/**
 * Builds into a new directory, which the caller removes. Tests take a `development` build: there React and Ant Design say
 * what is used wrongly, and the tests hold that against us.
 */
export async function buildConsole(kind: 'production' | 'development'): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'zhiyun-console-'));
  const before = process.env.NODE_ENV;
  process.env.NODE_ENV = kind;
  try {
    await build({
      root,
      configFile: join(root, 'vite.config.ts'),
      logLevel: 'error',
      build: { outDir: directory, emptyOutDir: true },
    });
  } finally {
    process.env.NODE_ENV = before;
  }
  return directory;
}

export const removeBuild = (directory: string) => rm(directory, { recursive: true, force: true });
