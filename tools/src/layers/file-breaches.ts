/** What one file may not do, whatever the others are. */
import { type Import, importsOf } from './imports.ts';
import {
  type Breach,
  isBrowserTest,
  isTest,
  packageOf,
  type SourceFile,
  targetOf,
  workspaceOf,
} from './source-files.ts';
import * as walls from './walls.ts';

/** Where a file lies in the order of its workspace's folders; undefined: there is no order, or nobody cares. */
function rankOf(path: string): number | undefined {
  const workspace = workspaceOf(path);
  const order = walls.folderOrder[workspace];
  if (!order || !path.startsWith(`${workspace}/src/`)) return undefined;
  const [folder = '', ...rest] = path.slice(workspace.length + '/src/'.length).split('/');
  if (rest.length === 0) return workspace.startsWith('packages/') ? -1 : order.length;
  const rank = order.findIndex((group) => group.includes(folder));
  return rank === -1 ? order.length : rank;
}

function relativeBreach(path: string, { specifier, isLazy }: Import): string | undefined {
  const from = packageOf(path);
  const target = targetOf(path, specifier);
  if (packageOf(target) !== from && !walls.composers.includes(from))
    return `reaches into ${packageOf(target)} by a relative path; import its package`;
  // What is loaded only when it is needed may lie above: a page, a dialog.
  if (isTest(path) || isLazy || walls.lowEverywhere.test(target)) return undefined;
  if (walls.knowRows.test(path) && walls.askForRows.test(target))
    return `a file of rows does not know who asks for them: it may not import ${target}`;
  const [ownRank, itsRank] = [rankOf(path), rankOf(target)];
  // The index of a library gathers what lies above its plain files.
  const gathers = path.endsWith('/index.ts') || ownRank === -1;
  if (ownRank === undefined || itsRank === undefined || gathers || itsRank <= ownRank) return undefined;
  return `${target} lies in a higher folder (folderOrder in tools/src/layers/walls.ts)`;
}

function importBreach(path: string, found: Import): string | undefined {
  const { specifier } = found;
  if (specifier.startsWith('.')) return relativeBreach(path, found);
  const from = packageOf(path);
  const ours = /^@zhiyun\/([^/]+)/.exec(specifier)?.[1];
  if (!ours || ours === from || walls.composers.includes(from)) return undefined;
  const allowed = walls.mayImport[from] ?? [];
  if (allowed.includes(ours)) return undefined;
  if (isTest(path) && walls.testsMayImport.includes(ours)) return undefined;
  if (isBrowserTest(path) && walls.browserTestsMayImport.includes(ours)) return undefined;
  return `${from} may not import ${ours} (allowed: ${allowed.join(', ') || 'nothing of ours'})`;
}

export function fileBreaches(file: SourceFile): Breach[] {
  const breaches: Breach[] = [];
  const add = (line: number, rule: string) => breaches.push({ file: file.path, line, rule });
  for (const found of importsOf(file.text)) {
    const { specifier, line } = found;
    const rule = importBreach(file.path, found);
    if (rule) add(line, rule);
    const starts = specifier === 'node:child_process' && !isTest(file.path);
    if (starts && !walls.mayStartProcesses.some((prefix) => file.path.startsWith(prefix)))
      add(line, 'processes are started only in the places listed in tools/src/layers/walls.ts');
  }
  const lines = file.text.split('\n');
  if (!isTest(file.path) && !walls.mayReadEnvironment.some((pattern) => pattern.test(file.path))) {
    for (const [index, line] of lines.entries()) {
      if (/\bprocess\.env\b/.test(line)) add(index + 1, 'the environment is read only in config.ts');
    }
  }
  if (lines.length > walls.maxLines)
    add(lines.length, `${lines.length} lines; a file past ${walls.maxLines} is more than one concept`);
  return breaches;
}
