/**
 * Where a join token comes from. What stands in a command line can be read by everybody on the machine and stays in the shell's history: so it
 * may come from standard input or a file instead, and when it was typed all the same, it is wiped from what `ps` shows.
 */
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { say } from '@zhiyun/contracts';
import { PlatformError, systemErrorCode } from '@zhiyun/kernel';

export interface TokenOptions {
  /** The token itself, or `-` for standard input. */
  token: string | undefined;
  tokenFile: string | undefined;
}

export async function readJoinToken({ token, tokenFile }: TokenOptions): Promise<string | undefined> {
  if (token !== undefined && tokenFile !== undefined)
    throw new PlatformError('invalid-request', say('host.two-tokens'));
  if (tokenFile !== undefined) return await fromFile(tokenFile);
  if (token !== '-') return token;
  const given = (process.stdin.isTTY ? await ask() : await text(process.stdin)).trim();
  if (given === '') throw new PlatformError('invalid-request', say('host.no-token'));
  return given;
}

async function fromFile(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (cause) {
    const reason = systemErrorCode(cause) ?? String(cause);
    throw new PlatformError('invalid-request', say('host.token-file-unreadable', { path, reason }), { cause });
  }
}

/** Nothing of it is shown. */
async function ask(): Promise<string> {
  process.stderr.write('Join token: ');
  const mute = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: mute, terminal: true });
  try {
    return await terminal.question('');
  } finally {
    terminal.close();
    process.stderr.write('\n');
  }
}

/** The same command line with the token read from standard input. */
export function withoutToken(words: readonly string[]): string[] {
  const kept: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    const [name, value] = word.split('=', 2);
    if (name !== '--token' && name !== '--token-file') kept.push(word);
    else if (value === undefined) at++;
  }
  return [...kept, '--token', '-'];
}

/** From now on `ps` and `/proc` show the command without it. */
export function hideToken(words: readonly string[]): void {
  if (words.some((word) => word.startsWith('--token'))) process.title = ['zhiyun', ...withoutToken(words)].join(' ');
}
