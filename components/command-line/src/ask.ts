/** Questions on the terminal. */
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { CommandError } from './output.ts';
import { said } from './words/said.ts';

async function askLine(question: string, ended: () => Error, echo: boolean): Promise<string> {
  process.stderr.write(question);
  const muted = new Writable({ write: (_chunk, _encoding, done) => done() });
  const reader = createInterface({
    input: process.stdin,
    output: echo ? process.stderr : muted,
    terminal: Boolean(process.stdin.isTTY),
  });
  const { promise: end, reject } = Promise.withResolvers<never>();
  reader.once('close', () => reject(ended()));
  try {
    return await Promise.race([reader.question(''), end]);
  } finally {
    reader.close();
    if (!echo) process.stderr.write('\n');
  }
}

export function askSecret(question: string): Promise<string> {
  return askLine(question, () => new CommandError(said.noPassword()), false);
}

/** Without a terminal nobody can be asked: `instead` says what to do then. */
export async function confirm(question: string, instead: string): Promise<boolean> {
  if (!process.stdin.isTTY) throw new CommandError(instead);
  const answer = await askLine(question, () => new CommandError(said.nothingDone()), true);
  return /^(y|yes|是|好)$/i.test(answer.trim());
}
