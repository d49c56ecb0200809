/**
 * A real crash: the transaction runs in a child process that kills itself with SIGKILL just before or after the n-th
 * journal write. Before: the effect happened and is not recorded. After: it is recorded as started and has not
 * happened.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ProofEnvironment, ProofSubject } from './subject.ts';

export interface Crash {
  write: number;
  when: 'before' | 'after';
}

export interface CrashOrder extends Pick<ProofSubject, 'kind' | 'module' | 'factory'> {
  environment: ProofEnvironment;
  crash: Crash;
  /** The action that fails, so that the crash comes while unwinding. */
  failAt?: number | undefined;
}

export const crashingRunner = 'crashing';

/** Whether the process died; false: it ended before the n-th write. */
export async function runAndCrash(order: CrashOrder): Promise<boolean> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('./crash-child.ts', import.meta.url))], {
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  child.stdin.end(JSON.stringify(order));
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint += text;
  });
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  child.once('error', reject);
  child.once('close', (code, signal) => {
    if (signal === 'SIGKILL') resolve(true);
    else if (code === 0) resolve(false);
    else reject(new Error(`the process ended with ${signal ?? `code ${code}`}: ${complaint.trim()}`));
  });
  return promise;
}
