import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Standard output of a program, or why there is none. */
export async function runProgram(
  program: string,
  parameters: readonly string[],
  timeoutMs = 5000,
): Promise<{ output: string } | { error: string }> {
  try {
    const { stdout } = await execute(program, parameters, { timeout: timeoutMs });
    return { output: stdout };
  } catch (error) {
    const { code, stderr, message } = error as { code?: string | number; stderr?: string; message: string };
    return { error: code === 'ENOENT' ? `${program} is not installed` : stderr?.trim() || message };
  }
}
