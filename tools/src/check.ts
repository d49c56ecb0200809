/** `npm run check`: types, lint and format, layers. Each is one line of the answer; all run even when one fails. */
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const bin = (name: string) => resolve(root, 'node_modules/.bin', name);

const checks: readonly { name: string; command: readonly string[] }[] = [
  { name: 'types', command: [bin('tsc'), '-p', 'tsconfig.json'] },
  { name: 'types of the console', command: [bin('tsc'), '-p', 'components/web-terminal/tsconfig.json'] },
  { name: 'lint and format', command: [bin('biome'), 'check', '--error-on-warnings', '.'] },
  { name: 'layers', command: [process.execPath, 'tools/src/layers.ts'] },
];

async function run(command: readonly string[]): Promise<boolean> {
  const [program = '', ...parameters] = command;
  const child = spawn(program, parameters, { cwd: root, stdio: 'inherit' });
  const { promise, resolve: done, reject } = Promise.withResolvers<number | null>();
  child.once('error', reject);
  child.once('close', done);
  return (await promise) === 0;
}

export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
  /** What failed, a line or a few each. */
  failures: string[];
}

export async function check(): Promise<Counts> {
  const counts: Counts = { passed: 0, failed: 0, skipped: 0, failures: [] };
  for (const { name, command } of checks) {
    const started = performance.now();
    const good = await run(command);
    counts[good ? 'passed' : 'failed']++;
    if (!good) counts.failures.push(`check: ${name}`);
    console.log(`${good ? 'ok  ' : 'FAIL'} check: ${name} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
  }
  return counts;
}

if (import.meta.main) process.exitCode = (await check()).failed > 0 ? 1 : 0;
