/**
 * The walls of the house, checked: who may import whom, in which order folders lie, no circles of imports, every package declared;
 * who may start processes, who may read the environment, and how long a file may be. The lists are in layers/walls.ts.
 */
import { fileBreaches } from './layers/file-breaches.ts';
import { importCycles } from './layers/import-cycles.ts';
import { sourceFiles } from './layers/source-files.ts';
import { undeclaredDependencies } from './layers/undeclared-dependencies.ts';

const files = sourceFiles();
const breaches = [...files.flatMap(fileBreaches), ...importCycles(files), ...undeclaredDependencies(files)];
for (const { file, line, rule } of breaches) console.error(`${file}:${line}: ${rule}`);
process.exitCode = breaches.length > 0 ? 1 : 0;
