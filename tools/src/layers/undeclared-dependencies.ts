/** A package that a workspace imports stands in its own package.json, or works only as long as somebody else brings it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { importsOf, packageNameOf } from './imports.ts';
import { type Breach, isTest, root, type SourceFile, workspaceOf } from './source-files.ts';

export interface Manifest {
  name: string;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

/** Of a workspace, or of the house itself with ''. */
export type ReadManifest = (workspace: string) => Manifest;

export const readManifest: ReadManifest = (workspace) =>
  JSON.parse(readFileSync(join(root, workspace, 'package.json'), 'utf8')) as Manifest;

/** Whole workspaces of tests and tools: nothing of them is shipped. */
const isUnshipped = (path: string) =>
  isTest(path) || /^(system-tests|benchmarks|tools|sim)\/|^packages\/testkit\/|\.config\.ts$|\/tools\//.test(path);

export function undeclaredDependencies(
  files: readonly SourceFile[],
  manifestOf: ReadManifest = readManifest,
): Breach[] {
  const manifests = new Map<string, Manifest>();
  const manifest = (workspace: string): Manifest => {
    const known = manifests.get(workspace) ?? manifestOf(workspace);
    manifests.set(workspace, known);
    return known;
  };
  // Here imports stand in words and samples.
  const looked = files.filter(({ path }) => !path.startsWith('tools/src/layers'));
  return looked.flatMap(({ path, text }) => {
    const workspace = workspaceOf(path);
    const own = manifest(workspace);
    const declared = new Set([own.name, ...Object.keys(own.dependencies ?? {})]);
    // What all tests are run with is brought by the house.
    if (isUnshipped(path))
      for (const { devDependencies } of [own, manifest('')])
        for (const name of Object.keys(devDependencies ?? {})) declared.add(name);
    return importsOf(text).flatMap(({ specifier, line, isType }) => {
      const name = packageNameOf(specifier);
      if (name === undefined || declared.has(name)) return [];
      // Types of a package may come from another of the same name.
      if (isType && Object.keys(own.devDependencies ?? {}).some((dev) => dev === name || dev === `@types/${name}`))
        return [];
      return [{ file: path, line, rule: `${name} is not declared in ${workspace}/package.json` }];
    });
  });
}
