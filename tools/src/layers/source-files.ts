/** The source files of the house, and where each belongs. */
import { globSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '../../..');

export interface SourceFile {
  /** From the root, with `/`. */
  path: string;
  text: string;
}

export interface Breach {
  file: string;
  line: number;
  rule: string;
}

/** `packages/kernel`, `sim/world`, `tools`. */
export function workspaceOf(path: string): string {
  const [top = '', name = ''] = path.split('/');
  return ['packages', 'components', 'sim'].includes(top) ? `${top}/${name}` : top;
}

/** As the walls call it: `kernel`; everything below `sim` alike. */
export function packageOf(path: string): string {
  const [top = '', name = ''] = path.split('/');
  return top === 'packages' || top === 'components' ? name : top;
}

export const isBrowserTest = (path: string) => path.startsWith('components/web-terminal/e2e/');
export const isTest = (path: string) =>
  /\.(test|spec)\.tsx?$|\/testing\/|\/testing\.ts$|\/test-[a-z-]+\.ts$|\/e2e\/|\/proof-harness\.ts$|[/-]contract\.ts$/.test(
    path,
  );

/** The file that a relative import means. */
export function targetOf(path: string, specifier: string): string {
  return relative(root, resolve(root, path, '..', specifier));
}

export function sourceFiles(): SourceFile[] {
  return globSync('{packages,components,system-tests,benchmarks,tools,sim}/**/*.{ts,tsx}', {
    cwd: root,
    exclude: (name) => name === 'node_modules' || name === 'dist',
  })
    .filter((path) => !/(^|\/)(node_modules|dist)\//.test(path))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}
