/** `zhiyun ssh-key create`; the rest comes from the kind. */
import { open } from 'node:fs/promises';
import { isPublicKey, maxPublicKeyLength, parsePublicKey, renderSentence } from '@zhiyun/contracts';
import type { Command } from 'commander';
import { connect } from '../connection.ts';
import { CommandError, print } from '../output.ts';
import { language, text, type Words } from '../words/language.ts';
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
  let input = '';
  for await (const part of process.stdin.setEncoding('utf8')) {
    input += part;
    if (input.length > maxPublicKeyLength) break;
  }
  return input;
}

/** Looked at before anything is sent: a private key must not leave this machine. */
function whyNot(given: string): string | undefined {
  if (given.length > maxPublicKeyLength) return text(['is too large to be a public key', '过大，不是公钥']);
  const parsed = parsePublicKey(given);
  return isPublicKey(parsed) ? undefined : (renderSentence(parsed, language()) ?? parsed.key);
}

async function create(name: string, file: string): Promise<void> {
  const given = await startOf(file);
  const shown = file === '-' ? text(['standard input', '标准输入']) : file;
  if (given.trim() === '') throw new CommandError(said.emptyFile(shown));
  const why = whyNot(given);
  if (why !== undefined)
    throw new CommandError(text([`${shown} ${why}. Nothing was sent.`, `${shown}：${why}。没有发送任何内容。`]));
  const made = await connect().client.createSshKey({ body: { name, publicKey: given.trim() } });
  print(made, () => `${said.created(made.name)}  ${made.fingerprint}`);
}

const createHelp: Words = [
  'add a public key from a file; - reads standard input',
  '添加文件中的公钥；- 表示从标准输入读取',
];

export function addSshKeyCreate(key: Command): void {
  subcommand(key, 'create <name> <file>', createHelp).action(create);
}
