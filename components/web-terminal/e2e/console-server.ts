/** The built console behind Vite's preview server with the mock, under the same Content-Security-Policy as on the platform. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build, preview } from 'vite';
import type { MockApiOptions } from '../mock-api/mock-api.ts';
import { mockApi } from '../mock-api/vite-plugin.ts';

const root = resolve(import.meta.dirname, '..');

/** As the Http Gateway sends it. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self' blob:",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

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

export interface ConsoleServer extends AsyncDisposable {
  readonly url: string;
}

export async function serveConsole(directory: string, options: MockApiOptions = {}): Promise<ConsoleServer> {
  const server = await preview({
    root,
    configFile: false,
    logLevel: 'error',
    plugins: [mockApi(options)],
    build: { outDir: directory },
    preview: { host: '127.0.0.1', port: 0, headers: { 'content-security-policy': contentSecurityPolicy } },
  });
  const address = server.httpServer.address();
  if (typeof address !== 'object' || !address) throw new Error('The preview server has no address');
  return {
    url: `http://127.0.0.1:${address.port}`,
    async [Symbol.asyncDispose]() {
      await server.close();
    },
  };
}
