/** Runs a program to its end. */
import { execFile } from 'node:child_process';

export interface Ended {
  status: number;
  stdout: string;
  stderr: string;
}

export async function run(
  program: string,
  parameters: readonly string[],
  options: { env?: NodeJS.ProcessEnv; cwd?: string; timeoutMs?: number; input?: string } = {},
): Promise<Ended> {
  const { promise, resolve } = Promise.withResolvers<Ended>();
  const child = execFile(
    program,
    parameters,
    {
      env: options.env ?? process.env,
      cwd: options.cwd,
      timeout: options.timeoutMs ?? 120_000,
      maxBuffer: 64 * 1024 * 1024,
    },
    (error, stdout, stderr) => {
      const code = error && typeof error.code === 'number' ? error.code : error ? 1 : 0;
      resolve({ status: code, stdout, stderr: error && !stderr ? error.message : stderr });
    },
  );
  // One that reads none of it may be gone already.
  child.stdin?.on('error', () => undefined).end(options.input ?? '');
  return promise;
}
