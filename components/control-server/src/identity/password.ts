/**
 * Passwords: argon2id in the PHC string form, computed on the thread pool. At most two at a time, so that a burst of
 * sign-ins takes neither all threads (file and DNS work waits there too) nor the memory of the machine.
 */
import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { Slots } from '@zhiyun/kernel';

const derive = promisify(argon2);
const hashing = new Slots(2);

/** OWASP's first choice for argon2id: 19 MiB, two passes, one lane. */
const cost = { memory: 19_456, passes: 2, parallelism: 1 };
const saltBytes = 16;
const tagLength = 32;

interface PhcHash {
  memory: number;
  passes: number;
  parallelism: number;
  salt: Buffer;
  tag: Buffer;
}

export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(saltBytes);
  const tag = await deriveTag(password, { ...cost, salt, tag: Buffer.alloc(tagLength) });
  const { memory, passes, parallelism } = cost;
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${unpadded(salt)}$${unpadded(tag)}`;
}

/** `hash` null (no such user) takes as long as a wrong password and is as false. */
export async function verifyPassword(password: string, hash: string | null): Promise<boolean> {
  const known = parsePhc(hash ?? (await decoyHash()));
  const tag = await deriveTag(password, known);
  return timingSafeEqual(tag, known.tag) && hash !== null;
}

let decoy: Promise<string> | undefined;
function decoyHash(): Promise<string> {
  decoy ??= hashPassword(randomBytes(16).toString('hex'));
  return decoy;
}

async function deriveTag(password: string, hash: PhcHash): Promise<Buffer> {
  const { salt: nonce, tag, ...parameters } = hash;
  using _slot = await hashing.take();
  return await derive('argon2id', { ...parameters, message: password.normalize('NFKC'), nonce, tagLength: tag.length });
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}

function parsePhc(text: string): PhcHash {
  const match = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([^$]+)\$([^$]+)$/.exec(text);
  const [, memory, passes, parallelism, salt, tag] = match ?? [];
  if (salt === undefined || tag === undefined) throw new Error('A stored password hash is not of the form argon2id');
  return {
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
    salt: Buffer.from(salt, 'base64'),
    tag: Buffer.from(tag, 'base64'),
  };
}
