/**
 * A public key as OpenSSH writes it: `type base64 comment` on one line. Read to its last byte (RFC 4253 §6.6, RFC 5656, RFC 8709, PROTOCOL.u2f):
 * what sshd would refuse, or a person did not mean to send, is refused here, where it can be mended.
 */
import { say } from '../sentences/catalogue.ts';
import type { Sentence } from '../sentences/sentence.ts';
import { BlobReader } from './blob-reader.ts';

export interface PublicKey {
  readonly type: string;
  /** Its strength: of RSA the modulus, else the size of the curve. */
  readonly bits: number;
  /** What `fingerprint` and `authorized_keys` are made of. */
  readonly blob: Uint8Array<ArrayBuffer>;
  readonly base64: string;
  readonly comment: string;
}

export const maxPublicKeyLength = 8_192;
const maxCommentLength = 255;
const rsaBits = { least: 2_048, most: 16_384 } as const;

type Reader = (blob: BlobReader) => number | Sentence | undefined;
const curve =
  (name: string, bits: number): Reader =>
  (blob) =>
    // 4: the point is written whole, which is the only form that OpenSSH reads.
    blob.text() === name && blob.bytes()?.at(0) === 4 && blob.lastLength === 1 + 2 * Math.ceil(bits / 8)
      ? bits
      : undefined;
const ed25519: Reader = (blob) => (blob.bytes()?.length === 32 ? 256 : undefined);
/** Of a hardware key: the application stands behind the key. */
const onToken =
  (key: Reader): Reader =>
  (blob) => {
    const bits = key(blob);
    return blob.text() ? bits : undefined;
  };

/** By type; each answers the bits, or why not. Undefined: damaged. */
const readers: Readonly<Record<string, Reader>> = {
  'ssh-ed25519': ed25519,
  'ecdsa-sha2-nistp256': curve('nistp256', 256),
  'ecdsa-sha2-nistp384': curve('nistp384', 384),
  'ecdsa-sha2-nistp521': curve('nistp521', 521),
  'ssh-rsa': rsa,
  'sk-ssh-ed25519@openssh.com': onToken(ed25519),
  'sk-ecdsa-sha2-nistp256@openssh.com': onToken(curve('nistp256', 256)),
};
export const publicKeyTypes: readonly string[] = Object.keys(readers);

/** The key, or what is wrong with it as a sentence that goes on from the field's name. */
export function parsePublicKey(text: string): PublicKey | Sentence {
  const line = text.trim();
  const other = otherFormat(line);
  if (other) return other;
  if (/[\r\n]/.test(line)) return say('field.ssh-key-lines');
  const [, type, base64, comment = ''] = /^(\S+)[ \t]+(\S+)(?:[ \t]+(.*))?$/u.exec(line) ?? [];
  if (type === undefined || base64 === undefined) return say('field.ssh-key-shape');
  const wrong = wrongType(type, line) ?? wrongComment(comment);
  if (wrong) return wrong;
  const blob = fromBase64(base64);
  if (!blob) return say('field.ssh-key-base64');
  const reader = new BlobReader(blob);
  const held = reader.text();
  if (held === undefined) return say('field.ssh-key-length');
  if (held !== type) return say('field.ssh-key-other-type', { type, held: printable(held) });
  const bits = readers[type]?.(reader);
  if (bits === undefined || !reader.atEnd) return say('field.ssh-key-length');
  return typeof bits === 'number' ? { type, bits, blob, base64, comment: comment.trim() } : bits;
}

export function isPublicKey(parsed: PublicKey | Sentence): parsed is PublicKey {
  return 'blob' in parsed;
}

function otherFormat(text: string): Sentence | undefined {
  if (/PRIVATE KEY|PuTTY-User-Key-File/i.test(text)) return say('field.ssh-key-private');
  if (/BEGIN SSH2 PUBLIC KEY/.test(text)) return say('field.ssh-key-format', { format: 'RFC4716' });
  if (/BEGIN RSA PUBLIC KEY/.test(text)) return say('field.ssh-key-format', { format: 'PEM' });
  if (/BEGIN PUBLIC KEY/.test(text)) return say('field.ssh-key-format', { format: 'PKCS8' });
  return undefined;
}

function wrongType(type: string, line: string): Sentence | undefined {
  if (Object.hasOwn(readers, type)) return undefined;
  if (/-cert-v\d+@openssh\.com$/.test(type)) return say('field.ssh-key-certificate');
  if (type === 'ssh-dss') return say('field.ssh-key-weak-type', { type });
  if (publicKeyTypes.some((known) => line.includes(`${known} `))) return say('field.ssh-key-options');
  const isType = /^[\w@.-]{1,64}$/.test(type) && type.includes('-');
  return isType ? say('field.ssh-key-type', { type, types: publicKeyTypes.join(', ') }) : say('field.ssh-key-shape');
}

function wrongComment(comment: string): Sentence | undefined {
  if (comment.length <= maxCommentLength && !/\p{C}/u.test(comment)) return undefined;
  return say('field.ssh-key-comment', { value: maxCommentLength });
}

function rsa(blob: BlobReader): number | Sentence | undefined {
  const exponent = blob.positive();
  const modulus = blob.positive();
  const isOdd = (bytes: Uint8Array) => (bytes.at(-1) ?? 0) % 2 === 1;
  if (!exponent || !modulus || !isOdd(exponent) || !isOdd(modulus)) return undefined;
  // 1 would encrypt nothing.
  if (exponent.length === 1 && exponent[0] === 1) return undefined;
  const bits = modulus.length * 8 - Math.clz32(modulus[0] ?? 0) + 24;
  return bits < rsaBits.least || bits > rsaBits.most ? say('field.ssh-key-rsa-bits', { bits, ...rsaBits }) : bits;
}

/** Undefined for what is not written as it is read back: padding that is missing, bits that nobody reads. */
function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text) || text.length % 4 !== 0) return undefined;
  const binary = atob(text);
  return btoa(binary) === text ? Uint8Array.from(binary, (character) => character.charCodeAt(0)) : undefined;
}

const printable = (text: string): string => text.replace(/[^\x21-\x7e]/g, '?').slice(0, 64);
