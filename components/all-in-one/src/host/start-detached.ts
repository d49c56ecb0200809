/**
 * Starts the platform in a session of its own and lets go once it is ready. Its own output goes to a file; `input` is what it reads; what it has to say
 * until then comes as messages (see `speech.ts`).
 */
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import type { Utterance } from './speech.ts';

/** Resolves with the exit status for the caller: 0 once ready, the child's own when it failed to start. */
export async function startDetached(
  parameters: readonly string[],
  { outputFile, input }: { outputFile: number; input: string | undefined },
): Promise<number> {
  const main = resolve(import.meta.dirname, '../main.ts');
  const child = spawn(process.execPath, [...process.execArgv, main, ...parameters], {
    detached: true,
    stdio: [input === undefined ? 'ignore' : 'pipe', outputFile, outputFile, 'ipc'],
  });
  // One that ends at once may not have read it.
  child.stdin?.on('error', () => {}).end(input);
  const { promise, resolve: done, reject } = Promise.withResolvers<number>();
  child.on('message', (message) => {
    const { stream, text, last } = message as Utterance;
    process[stream].write(`${text}\n`);
    if (last) done(0);
  });
  child.once('error', reject);
  child.once('exit', (code) => done(code || 1));
  const status = await promise;
  if (child.connected) child.disconnect();
  child.unref();
  return status;
}
