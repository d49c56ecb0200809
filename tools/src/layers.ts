/**
 * The walls of the house, checked: who may import whom, who may start processes, who may read the environment. The rules are
 * told in docs/architecture.md; this file is the one that enforces them.
 */
import { globSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');

/** Package → what of ours it may import. Test files may import testkit and @zhiyun/transaction/testing besides. */
const mayImport: Record<string, readonly string[]> = {
  contracts: [],
  kernel: ['contracts'],
  store: ['contracts', 'kernel'],
  transaction: ['contracts', 'kernel', 'store'],
  link: ['contracts', 'kernel'],
  service: ['contracts', 'kernel', 'link'],
  'guest-image': ['contracts', 'kernel'],
  testkit: ['contracts', 'kernel', 'store', 'transaction', 'link', 'service'],
  'web-terminal': ['contracts'],
};
const libraries = ['contracts', 'kernel', 'store', 'transaction', 'link', 'service', 'guest-image'];
const everything = ['all-in-one', 'system-tests', 'benchmarks', 'sim', 'tools'];

/** Only here may a process be started. */
const mayStartProcesses = [
  'components/node-client/src/hypervisor/qemu/',
  'components/node-client/src/network/',
  'components/node-client/src/process/',
  'components/node-client/src/cgroup/',
  'components/storage-server/src/backend/',
  'components/all-in-one/src/host/',
  'components/all-in-one/src/doctor/',
  'packages/store/src/postgres/',
  'packages/guest-image/src/',
  'packages/transaction/src/testing/',
  'packages/testkit/',
  'system-tests/',
  'benchmarks/',
  'tools/',
  'sim/',
];
/** Only here may the environment be read. */
const mayReadEnvironment = [
  /\/config\.ts$/,
  /^tools\//,
  /^system-tests\//,
  /^benchmarks\//,
  /^packages\/testkit\//,
  /^components\/command-line\/src\/main\.ts$/,
  /\.config\.ts$/,
  /\/e2e\//,
  /^packages\/transaction\/src\/testing\//,
  // Programs we start get the PATH and nothing else of it.
  /^packages\/store\/src\/postgres\//,
];

export interface Breach {
  file: string;
  line: number;
  rule: string;
}

interface SourceFile {
  /** From the root, with `/`. */
  path: string;
  text: string;
}

function packageOf(path: string): string {
  const [top = '', name = ''] = path.split('/');
  return top === 'packages' || top === 'components' ? name : top;
}

const isTest = (path: string) => /\.(test|spec)\.tsx?$|\/testing\/|\/test-[a-z-]+\.ts$|\/e2e\/|\/mock-api\//.test(path);

/** Every `import … from 'x'`, `export … from 'x'` and `import('x')` with its line. */
export function importsOf(text: string): { specifier: string; line: number }[] {
  const found: { specifier: string; line: number }[] = [];
  for (const match of text.matchAll(
    /(?:^|\n)\s*(?:import|export)\s[^'"\n;]*?(?:\{[^}]*\}[^'"\n;]*?)?from\s+['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)\s*import\s+['"]([^'"]+)['"]/g,
  )) {
    const specifier = match[1] ?? match[2] ?? match[3] ?? '';
    found.push({ specifier, line: text.slice(0, match.index + match[0].length).split('\n').length });
  }
  return found;
}

function importBreach(path: string, specifier: string): string | undefined {
  const from = packageOf(path);
  if (specifier.startsWith('.')) {
    const target = relative(root, resolve(root, path, '..', specifier));
    return packageOf(target) === from || everything.includes(from)
      ? undefined
      : `reaches into ${packageOf(target)} by a relative path; import its package`;
  }
  const ours = /^@zhiyun\/([^/]+)/.exec(specifier)?.[1];
  if (!ours || ours === from || everything.includes(from)) return undefined;
  const allowed = mayImport[from] ?? libraries;
  if (allowed.includes(ours)) return undefined;
  if (isTest(path) && ours === 'testkit') return undefined;
  return `${from} may not import ${ours} (allowed: ${allowed.join(', ') || 'nothing of ours'})`;
}

export function breachesOf(file: SourceFile): Breach[] {
  const breaches: Breach[] = [];
  const add = (line: number, rule: string) => breaches.push({ file: file.path, line, rule });
  for (const { specifier, line } of importsOf(file.text)) {
    const rule = importBreach(file.path, specifier);
    if (rule) add(line, rule);
    const starts = specifier === 'node:child_process' && !isTest(file.path);
    if (starts && !mayStartProcesses.some((prefix) => file.path.startsWith(prefix)))
      add(line, 'processes are started only in the places listed in tools/src/layers.ts');
  }
  if (!isTest(file.path) && !mayReadEnvironment.some((pattern) => pattern.test(file.path))) {
    for (const [index, line] of file.text.split('\n').entries()) {
      if (/\bprocess\.env\b/.test(line)) add(index + 1, 'the environment is read only in config.ts');
    }
  }
  const lines = file.text.split('\n').length;
  if (lines > 400) add(lines, `${lines} lines; a file past 400 is more than one concept`);
  return breaches;
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

if (import.meta.main) {
  const breaches = sourceFiles().flatMap(breachesOf);
  for (const { file, line, rule } of breaches) console.error(`${file}:${line}: ${rule}`);
  process.exitCode = breaches.length > 0 ? 1 : 0;
}
