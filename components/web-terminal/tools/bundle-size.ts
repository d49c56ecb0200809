/**
 * `npm run size`: what a first visit loads, as the gateway sends it: the page, the entry with everything it imports statically, the
 * words of one language, and the first page. Fails above the limits.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Before anybody is signed in: with the two questions to the API and the icon no more than 15 requests. */
export const doorLimit = { bytes: 200_000, files: 12 };
export const pageLimit = { bytes: 500_000, files: 36 };

interface Chunk {
  file: string;
  imports?: string[];
  css?: string[];
}

export interface SizedFile {
  file: string;
  bytes: number;
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
    .map((file) => ({ file, bytes: sentBytes(join(directory, file)) }))
    .sort((a, b) => b.bytes - a.bytes);
}

function sentBytes(file: string): number {
  return readFileSync(existsSync(`${file}.br`) ? `${file}.br` : file).length;
}

export const totalBytes = (files: readonly SizedFile[]) => files.reduce((sum, { bytes }) => sum + bytes, 0);

const words = (...pages: string[]) => [
  ...['common', 'errors'].map((name) => `src/locales/zh-CN/${name}.ts`),
  ...pages.map((page) => `src/pages/${page}/zh-CN.ts`),
];
const app = 'src/app/app.tsx';
const frame = 'src/app/frame/frame.tsx';

export const pages = {
  login: [...words('session'), 'src/door/door.tsx'],
  overview: [...words('overview', 'operations', 'events'), app, frame, 'src/pages/overview/overview-page.tsx'],
  instances: [...words('instances'), app, frame, 'src/pages/instances/instances-page.tsx'],
  domain: [
    ...words('domain'),
    app,
    frame,
    'src/pages/domain/domain-page.tsx',
    'src/pages/domain/picture/domain-picture.tsx',
  ],
} as const;

if (import.meta.main) {
  const directory = resolve(import.meta.dirname, '../dist');
  for (const [name, sources] of Object.entries(pages)) {
    const limit = name === 'login' ? doorLimit : pageLimit;
    const files = firstLoad(directory, sources);
    const total = totalBytes(files);
    console.log(
      `First load of ${name}: ${(total / 1000).toFixed(1)} kB in ${files.length} files (limits ${limit.bytes / 1000} kB, ${limit.files} files)`,
    );
    for (const { file, bytes } of files.slice(0, 5))
      console.log(`  ${(bytes / 1000).toFixed(1).padStart(7)} kB  ${file}`);
    if (total > limit.bytes || files.length > limit.files) process.exitCode = 1;
  }
}
