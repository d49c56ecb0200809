import { expect, test } from 'vitest';
import { renderSentence } from '../sentences/catalogue.ts';
import { recognizeField } from '../sentences/field.ts';
import { isPublicKey, parsePublicKey } from './public-key.ts';
import { publicKeySchema } from './ssh-key.ts';

/** Made by ssh-keygen. */
const ed25519 = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDogsnUNTBUkBxI9Yg/vKSN8xV3hZ96zhLUiNF50BZuv';
const rsa2048 =
  'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQCRy0ic+kEEDTxjyvWKfal3ZXcJ3kiQ81nAZiEj5N7Kwj+G+ObTLX4oXI0C4vJ67J27ZoiMvFGFSSQ/P6L39k0v3EpKIcb6nkmqNQDNIJ5xL6MwpdwYZmxiB6Pa22nJmdZNYR++734PlQekhabug+iAk+IqOrzsXxpDQKjLgMSwNwk4vnsqsa8ydkLvvNScpen5ve2IkkpQeRb1ByMMMNDJsSg9uDD+VjdDKfucY/urQLQr9mD3Nih7w/2w/g9wvrzq8zZvV+Pj+fYoL4SxKUilZlXxVrc6gefp3aZLSw9kn0lvtO81cWccCHcba9juU4PMPM9z2/PsFZD87xi4hVNv';
const rsa1024 =
  'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQDBL9IzvUEf4L4CCsMpef1nR4m3myr+FLpQvBCXqQCXXz0szJblMnmWXFPRneOPboMErFvXQfqYAmPXYtIfvrK4yjdrQQPEo1cJmIk+n2NJyIfp5UGEyy6+eabeXCx7w/25pPJxHKYbWm334LFVJwnY5w8rsSu6P73KaMn0T0yHaw==';
const nistp256 =
  'ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBKKkDtRBTTnDUDsOo763xpch22BvJvFls3iH9HQzgk8E1mVkYfDCYsxMv72tqBjVme+QJuMP95FhLtFMr122x3o=';
const nistp521 =
  'ecdsa-sha2-nistp521 AAAAE2VjZHNhLXNoYTItbmlzdHA1MjEAAAAIbmlzdHA1MjEAAACFBAGm6La/YaSnvuYyKtGrfYvpKo60ga+4DHJT/diBoEdjF+bkVbEJvRR7yZd55Los0RXu+O6IXmS2MkGh7HxqEGz7rwGOFoevUeCYHZN3jEk9lWoH3kH5iCyIx63l8FpmsmxOprIEEX9VpqLf4BDAuEDVi6aaEvuEG2ndr+hir+EuNnZPlA==';
const dss = 'ssh-dss AAAAB3NzaC1kc3MAAACBANJuAmIo5NMs';

const bytes = (text: string) => [...Buffer.from(text)];
const field = (value: readonly number[]) => [0, 0, value.length >> 8, value.length & 255, ...value];
const line = (type: string, ...fields: (readonly number[])[]) =>
  `${type} ${Buffer.from([...field(bytes(type)), ...fields.flatMap(field)]).toString('base64')}`;
const raw = Array.from({ length: 32 }, (_, at) => at);
const point = [4, ...raw, ...raw];
const modulus = [0, ...Array.from({ length: 256 }, () => 0xff)];

const refusal = (text: string): string => {
  const parsed = parsePublicKey(text);
  return isPublicKey(parsed) ? 'taken' : parsed.key;
};

test.each([
  [ed25519, 'ssh-ed25519', 256],
  [rsa2048, 'ssh-rsa', 2048],
  [nistp256, 'ecdsa-sha2-nistp256', 256],
  [nistp521, 'ecdsa-sha2-nistp521', 521],
  [line('sk-ssh-ed25519@openssh.com', raw, bytes('ssh:')), 'sk-ssh-ed25519@openssh.com', 256],
  [
    line('sk-ecdsa-sha2-nistp256@openssh.com', bytes('nistp256'), point, bytes('ssh:')),
    'sk-ecdsa-sha2-nistp256@openssh.com',
    256,
  ],
])('%s is taken', (text, type, bits) => {
  expect(parsePublicKey(text)).toMatchObject({ type, bits, comment: '' });
  expect(parsePublicKey(`\t${text}  me@home, my laptop \n`)).toMatchObject({ type, comment: 'me@home, my laptop' });
});

test.each([
  ['-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1r\n-----END OPENSSH PRIVATE KEY-----', 'field.ssh-key-private'],
  ['-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----', 'field.ssh-key-private'],
  ['PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none', 'field.ssh-key-private'],
  ['---- BEGIN SSH2 PUBLIC KEY ----\nAAAAC3Nz\n---- END SSH2 PUBLIC KEY ----', 'field.ssh-key-format'],
  ['-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----', 'field.ssh-key-format'],
  [`${ed25519}\n${nistp256}`, 'field.ssh-key-lines'],
  ['', 'field.ssh-key-shape'],
  ['hello', 'field.ssh-key-shape'],
  ['hello world', 'field.ssh-key-shape'],
  [ed25519.split(' ')[1] ?? '', 'field.ssh-key-shape'],
  [`command="sleep 1" ${ed25519}`, 'field.ssh-key-options'],
  [`no-pty ${ed25519}`, 'field.ssh-key-options'],
  ['ssh-ed25519-cert-v01@openssh.com AAAA', 'field.ssh-key-certificate'],
  [dss, 'field.ssh-key-weak-type'],
  ['ssh-moon AAAA', 'field.ssh-key-type'],
  ['toString AAAA', 'field.ssh-key-shape'],
  [ed25519.slice(0, -1), 'field.ssh-key-base64'],
  [ed25519.replace('AAAAC3', 'AAAAC!'), 'field.ssh-key-base64'],
  // Base64 with bits that nobody reads: it decodes, but to what is written otherwise.
  [`${nistp256.slice(0, -2)}p=`, 'field.ssh-key-base64'],
  [`${ed25519.slice(0, -4)}`, 'field.ssh-key-length'],
  ['ssh-ed25519 AAAA', 'field.ssh-key-length'],
  ['ssh-ed25519 /////w==', 'field.ssh-key-length'],
  [ed25519.replace('ssh-ed25519', 'ssh-rsa'), 'field.ssh-key-other-type'],
  [line('ssh-ed25519', raw.slice(1)), 'field.ssh-key-length'],
  [line('ssh-ed25519', raw, [1]), 'field.ssh-key-length'],
  [line('ecdsa-sha2-nistp256', bytes('nistp384'), point), 'field.ssh-key-length'],
  [line('ecdsa-sha2-nistp256', bytes('nistp256'), [2, ...raw, ...raw]), 'field.ssh-key-length'],
  [line('sk-ssh-ed25519@openssh.com', raw), 'field.ssh-key-length'],
  [rsa1024, 'field.ssh-key-rsa-bits'],
  [line('ssh-rsa', [1], modulus), 'field.ssh-key-length'],
  [line('ssh-rsa', [2], modulus), 'field.ssh-key-length'],
  [line('ssh-rsa', [3], modulus.slice(1)), 'field.ssh-key-length'],
  [line('ssh-rsa', [3], [0, ...modulus]), 'field.ssh-key-length'],
  [line('ssh-rsa', [3], []), 'field.ssh-key-length'],
  [`${ed25519} me\u0007`, 'field.ssh-key-comment'],
  [`${ed25519} \u202eem`, 'field.ssh-key-comment'],
  [`${ed25519} ${'x'.repeat(256)}`, 'field.ssh-key-comment'],
])('%j is refused', (text, key) => {
  expect(refusal(text)).toBe(key);
});

test('no beginning of a key is taken for a key', () => {
  for (const key of [ed25519, rsa2048, nistp521])
    for (let length = 0; length < key.length; length++)
      expect(refusal(key.slice(0, length)), `${length}`).not.toBe('taken');
});

test('the schema says in English what is found again in both languages', () => {
  const { error } = publicKeySchema.safeParse(rsa1024);
  const message = error?.issues[0]?.message ?? '';
  expect(message).toBe('is an RSA key of 1024 bits; it must have 2048 to 16384');
  const sentence = recognizeField(message);
  expect(sentence && renderSentence(sentence, 'zh')).toBe('是 1024 位的 RSA 密钥，须为 2048 至 16384 位');
  for (const bad of [
    '-----BEGIN OPENSSH PRIVATE KEY-----',
    'ssh-moon AAAA',
    dss,
    'x',
    '---- BEGIN SSH2 PUBLIC KEY ----',
  ]) {
    const issue = publicKeySchema.safeParse(bad).error?.issues[0];
    expect(recognizeField(issue?.message ?? '')?.key, bad).toBe(refusal(bad));
  }
});
