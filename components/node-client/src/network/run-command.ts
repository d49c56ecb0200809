/** Runs a system tool to its end: arguments as a list, text on its standard input, never a shell. */
import { PlatformError, systemErrorCode } from '@zhiyun/kernel';
import { type CommandResult, directStarter, type ProcessStarter } from '../process/process-starter.ts';

/** Debian keeps ip, nft and dnsmasq outside an ordinary user's PATH. */
export const systemPath = '/usr/sbin:/usr/bin:/sbin:/bin';

/** Resolves with what it printed; `node-fault` with its last words when it fails or is not installed. */
export type RunCommand = (command: string, args: readonly string[], input?: string) => Promise<string>;

export function commandRunner(starter: ProcessStarter): RunCommand {
  return async (command, args, input = '') => {
    const { status, signal, output, complaint } = await start(starter, command, args, input);
    if (status === 0) return output;
    const ending = signal ?? `status ${status}`;
    throw new PlatformError('node-fault', `${command} failed (${ending}): ${complaint.trim() || 'it said nothing'}.`);
  };
}

async function start(
  starter: ProcessStarter,
  command: string,
  args: readonly string[],
  input: string,
): Promise<CommandResult> {
  try {
    return await starter.run(command, args, { PATH: systemPath, LC_ALL: 'C' }, input);
  } catch (cause) {
    const words = cause instanceof Error ? cause.message : String(cause);
    const reason = systemErrorCode(cause) === 'ENOENT' ? `${command} is not installed` : words;
    throw new PlatformError('node-fault', `Could not run ${command}: ${reason}.`, { cause });
  }
}

export const runCommand = commandRunner(directStarter);
