/** Files that import each other in a circle: which of them runs first is then decided by who asks first. Types alone do no harm. */
import { importsOf } from './imports.ts';
import { type Breach, type SourceFile, targetOf } from './source-files.ts';

export function importCycles(files: readonly SourceFile[]): Breach[] {
  const edges = new Map(
    files.map(({ path, text }) => [
      path,
      importsOf(text)
        .filter(({ specifier, isType }) => specifier.startsWith('.') && !isType)
        .map(({ specifier, line }) => ({ target: targetOf(path, specifier), line })),
    ]),
  );
  const breaches: Breach[] = [];
  const done = new Set<string>();
  const way: string[] = [];
  const visit = (path: string) => {
    way.push(path);
    for (const { target, line } of edges.get(path) ?? []) {
      const begin = way.indexOf(target);
      if (begin !== -1) {
        const circle = [...way.slice(begin), target].join(' → ');
        breaches.push({ file: path, line, rule: `imports in a circle: ${circle}` });
      } else if (!done.has(target)) visit(target);
    }
    way.pop();
    done.add(path);
  };
  for (const path of edges.keys()) if (!done.has(path)) visit(path);
  return breaches;
}
