/**
 * One command for many targets: each is tried whatever became of the others, each result is said as it comes, and the exit status
 * is the worst of them.
 */

import { jsonOutput, print, write } from './output.ts';
import { errorFacts, errorSentence } from './print-error.ts';
import { about, said } from './words/said.ts';

const atOnce = 8;

export interface Outcome<T> {
  value: T;
  sentence: string;
  failed: boolean;
}

/** `run` does it to one. A single target answers as ever: its value, or its error thrown. */
export async function eachTarget<T>(
  targets: readonly string[],
  run: (target: string, alone: boolean) => Promise<Outcome<T>>,
): Promise<void> {
  const [only] = targets;
  if (targets.length === 1 && only !== undefined) {
    const { value, sentence, failed } = await run(only, true);
    if (failed) process.exitCode = 1;
    return print(value, () => sentence);
  }
  const results: unknown[] = [];
  let failures = 0;
  const one = async (target: string, index: number) => {
    try {
      const { value, sentence, failed } = await run(target, false);
      results[index] = { target, result: value };
      if (failed) failures++;
      if (!jsonOutput()) (failed ? process.stderr : process.stdout).write(`${sentence}\n`);
    } catch (error) {
      failures++;
      results[index] = { target, error: await errorFacts(error) };
      if (!jsonOutput()) process.stderr.write(`${about(target, await errorSentence(error))}\n`);
    }
  };
  const waiting = [...targets.entries()];
  const worker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await one(next[1], next[0]);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, targets.length) }, worker));
  if (jsonOutput()) write(`${JSON.stringify(results, null, 2)}\n`);
  if (failures > 0) {
    process.exitCode = 1;
    if (!jsonOutput()) process.stderr.write(`zhiyun: ${said.someFailed(failures, targets.length)}\n`);
  }
}
