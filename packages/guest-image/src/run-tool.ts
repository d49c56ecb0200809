/** Runs one of the tools the builder is made of; its last words become the error. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { PlatformError, systemErrorCode } from '@zhiyun/kernel';
import { toolEnvironment } from './config.ts';
import { guestBuildPackages } from './guest-build-packages.ts';

const execute = promisify(execFile);

/** Resolves to what the tool printed. Throws `unavailable` when the tool is not installed, `internal` when it fails. */
export async function runTool(
  program: string,
  args: readonly string[],
  options: { cwd?: string } = {},
): Promise<string> {
  try {
    const { stdout } = await execute(program, [...args], {
      ...options,
      env: toolEnvironment,
      maxBuffer: 16 * 1024 * 1024,
    });
    return stdout;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') {
      const mend = `apt-get install ${guestBuildPackages.join(' ')}`;
      throw new PlatformError(
        'unavailable',
        `The test guest cannot be built: ${program} is not installed. Run: ${mend}`,
        {
          cause: error,
        },
      );
    }
    const words = error instanceof Error && 'stderr' in error ? String(error.stderr).trim().split('\n').at(-1) : '';
    throw new PlatformError('internal', `The test guest cannot be built: ${program} said: ${words || String(error)}`, {
      cause: error,
    });
  }
}
