/**
 * `./zhiyun test [NAME…]`: the checks and all tests; or only the named projects (`unit`, `component`, `console`,
 * `proof`, `console-browser`, `system`, `check`) and files (any part of a path). The last line reads `N passed, N failed, N skipped`.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Counts, check } from './check.ts';

const root = resolve(import.meta.dirname, '../..');
/** The fast ones share the cores; those that change the kernel's network or start guests run alone, one after the other. */
const stages = [['unit', 'component', 'console'], ['proof'], ['console-browser'], ['system']] as const;
const projects = stages.flat();

async function vitest(names: readonly string[], files: readonly string[], optional: boolean): Promise<Counts> {
  const directory = mkdtempSync(join(tmpdir(), 'zhiyun-test-'));
  const countsFile = join(directory, 'counts.json');
  try {
    const parameters = [
      resolve(root, 'node_modules/vitest/vitest.mjs'),
      'run',
      ...names.flatMap((name) => ['--project', name]),
      '--reporter=default',
      `--reporter=${resolve(import.meta.dirname, 'count-reporter.ts')}`,
      ...(optional ? ['--passWithNoTests'] : []),
      ...files,
    ];
    const child = spawn(process.execPath, parameters, {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ZHIYUN_TEST_COUNTS: countsFile },
    });
    const { promise, resolve: done, reject } = Promise.withResolvers<number | null>();
    child.once('error', reject);
    child.once('close', done);
    const exitCode = await promise;
    let counts: Counts = { passed: 0, failed: 0, skipped: 0, failures: [] };
    try {
      counts = JSON.parse(readFileSync(countsFile, 'utf8')) as Counts;
    } catch {
      // Vitest ended before it could count: that is a failure below.
    }
    if (exitCode !== 0 && counts.failed === 0) {
      counts.failed = 1;
      counts.failures.push(`${names.join(', ')}: Vitest ended with ${exitCode} before it had counted`);
    }
    return counts;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const names = process.argv.slice(2);
const wantedProjects = names.filter((name) => (projects as readonly string[]).includes(name));
const files = names.filter((name) => name !== 'check' && !wantedProjects.includes(name));
const total: Counts = { passed: 0, failed: 0, skipped: 0, failures: [] };
const add = (counts: Counts) => {
  total.passed += counts.passed;
  total.failed += counts.failed;
  total.skipped += counts.skipped;
  total.failures.push(...counts.failures);
};

if (names.length === 0 || names.includes('check')) add(await check());
for (const stage of stages) {
  const chosen = stage.filter((name) => wantedProjects.length === 0 || wantedProjects.includes(name));
  const onlyCheck = names.length > 0 && wantedProjects.length === 0 && files.length === 0;
  if (chosen.length > 0 && !onlyCheck) add(await vitest(chosen, files, files.length > 0));
}
if (total.passed + total.failed === 0) {
  console.error(`No test fits: ${names.join(' ')}`);
  total.failed = 1;
}
// Whoever sees only the end of the output sees what failed.
for (const failure of total.failures) console.log(`failed: ${failure}`);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed > 0 ? 1 : 0;
