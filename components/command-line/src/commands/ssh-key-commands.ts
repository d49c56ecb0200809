/** `zhiyun ssh-key create`; the rest comes from the kind. */
import { open } from 'node:fs/promises';
import { isPublicKey, maxPublicKeyLength, parsePublicKey, renderSentence } from '@zhiyun/contracts';
import type { Command } from 'commander';
import { connect } from '../connection.ts';
import { CommandError, print } from '../output.ts';
import { language } from '../words/language.ts';
import { said } from '../words/said.ts';
import { subcommand } from './command-words.ts';

/** No more than tells that there is too much: somebody may have named a disk image. */
async function startOf(file: string): Promise<string> {
  if (file === '-') return startOfInput();
  await using handle = await open(file);
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(maxPublicKeyLength + 1));
  return buffer.toString('utf8', 0, bytesRead);
}

async function startOfInput(): Promise<string> {
  let text = '';
  for await (const part of process.stdin.setEncoding('utf8')) {
    text += part;
    if (text.length > maxPublicKeyLength) break;
  }
  return text;
}

/** Looked at before anything is sent: a private key must not leave this machine. */
function whyNot(text: string): string | undefined {
  if (text.length > maxPublicKeyLength) return said.tooLargeForKey();
  const parsed = parsePublicKey(text);
  return isPublicKey(parsed) ? undefined : (renderSentence(parsed, language()) ?? parsed.key);
}

async function create(name: string, file: string): Promise<void> {
  const text = await startOf(file);
  const shown = file === '-' ? said.standardInput() : file;
  if (text.trim() === '') throw new CommandError(said.emptyFile(shown));
  const why = whyNot(text);
  if (why !== undefined) throw new CommandError(said.notSent(shown, why));
  const made = await connect().client.createSshKey({ body: { name, publicKey: text.trim() } });
  print(made, () => `${said.created(made.name)}  ${made.fingerprint}`);
}

export function addSshKeyCreate(key: Command): void {
  subcommand(key, 'create <name> <file>', 'sshKeyCreate').action(create);
}
