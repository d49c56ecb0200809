/**
 * `npm run size`: what a first visit loads, gzip-compressed: the page, the entry with everything it imports statically, the
 * words of one language, and the first page. Fails above the limit.
 */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';

export const limitBytes = 500_000;

interface Chunk {
  file: string;
  imports?: string[];
  css?: string[];
}

export interface SizedFile {
  file: string;
  gzipBytes: number;
}

/** Files of the chunks and of all that they import statically, each once. */
function filesOf(manifest: Record<string, Chunk>, entries: readonly string[]): string[] {
  const files = new Set<string>();
  const seen = new Set<string>();
  const visit = (key: string) => {
    const chunk = manifest[key];
    if (!chunk || seen.has(key)) return;
    seen.add(key);
    files.add(chunk.file);
    for (const sheet of chunk.css ?? []) files.add(sheet);
    for (const imported of chunk.imports ?? []) visit(imported);
  };
  for (const entry of entries) visit(entry);
  return [...files];
}

/** What a browser fetches for one page, with the words of one language; charts and dialogs come when they are wanted. */
export function firstLoad(directory: string, sources: readonly string[]): SizedFile[] {
  const manifest = JSON.parse(readFileSync(join(directory, '.vite/manifest.json'), 'utf8')) as Record<string, Chunk>;
  return ['index.html', ...filesOf(manifest, ['index.html', ...sources])]
    .map((file) => ({ file, gzipBytes: gzipSync(readFileSync(join(directory, file))).length }))
    .sort((a, b) => b.gzipBytes - a.gzipBytes);
}

export const totalBytes = (files: readonly SizedFile[]) => files.reduce((sum, { gzipBytes }) => sum + gzipBytes, 0);

const words = (...names: string[]) => names.map((name) => `src/locales/zh-CN/${name}.ts`);
const frame = 'src/app/frame/frame.tsx';

export const pages = {
  login: [...words('common', 'errors', 'session'), 'src/pages/session/login-page.tsx'],
  overview: [
    ...words('common', 'errors', 'overview', 'operations', 'events'),
    frame,
    'src/pages/overview/overview-page.tsx',
  ],
  instances: [...words('common', 'errors', 'instances'), frame, 'src/pages/instances/instances-page.tsx'],
  domain: [
    ...words('common', 'errors', 'domain'),
    frame,
    'src/pages/domain/domain-page.tsx',
    'src/pages/domain/picture/domain-picture.tsx',
  ],
} as const;

if (import.meta.main) {
  const directory = resolve(import.meta.dirname, '../dist');
  for (const [name, sources] of Object.entries(pages)) {
    const files = firstLoad(directory, sources);
    const total = totalBytes(files);
    console.log(
      `First load of ${name}: ${(total / 1000).toFixed(1)} kB compressed in ${files.length} files (limit ${limitBytes / 1000} kB)`,
    );
    for (const { file, gzipBytes } of files.slice(0, 5)) {
      console.log(`  ${(gzipBytes / 1000).toFixed(1).padStart(7)} kB  ${file}`);
    }
    if (total > limitBytes) process.exitCode = 1;
  }
}
