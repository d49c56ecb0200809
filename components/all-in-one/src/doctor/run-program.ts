import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Standard output of a program, or why there is none; `said`: what it wrote there all the same. */
export async function runProgram(
  program: string,
  parameters: readonly string[],
  timeoutMs = 5000,
): Promise<{ output: string } | { error: string; said?: string | undefined }> {
  try {
    const { stdout } = await execute(program, parameters, { timeout: timeoutMs });
    return { output: stdout };
  } catch (error) {
    const { code, stdout, stderr, message } = error as {
      code?: string | number;
      stdout?: string;
      stderr?: string;
      message: string;
    };
    const said = stdout?.trim() || undefined;
    return { error: code === 'ENOENT' ? `${program} is not installed` : stderr?.trim() || message, said };
  }
}
