/** Runs a system tool to its end: arguments as a list, text on its standard input, never a shell. */
import { spawn } from 'node:child_process';
import { PlatformError, systemErrorCode } from '@zhiyun/kernel';

/** Debian keeps ip, nft and dnsmasq outside an ordinary user's PATH. */
export const systemPath = '/usr/sbin:/usr/bin:/sbin:/bin';

/** Resolves with what it printed; `node-fault` with its last words when it fails or is not installed. */
export function runCommand(command: string, args: readonly string[], input = ''): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const child = spawn(command, args, { env: { PATH: systemPath, LC_ALL: 'C' } });
  let output = '';
  let complaint = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint += text;
  });
  child.on('error', (cause) => {
    const reason = systemErrorCode(cause) === 'ENOENT' ? `${command} is not installed` : cause.message;
    reject(new PlatformError('node-fault', `Could not run ${command}: ${reason}.`, { cause }));
  });
  child.on('close', (status, signal) => {
    if (status === 0) return resolve(output);
    const ending = signal ?? `status ${status}`;
    reject(new PlatformError('node-fault', `${command} failed (${ending}): ${complaint.trim() || 'it said nothing'}.`));
  });
  // A tool that dies early closes its input; its status tells the story.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  return promise;
}
