import i18n from 'i18next';
import { beforeAll, expect, it } from 'vitest';
import { keyNameOf, problemOfKey } from './ssh-key-file.ts';

beforeAll(async () => {
  await i18n.init({ lng: 'zh-CN', resources: {} });
});

it('says what is wrong with a key in the language of the page, before it is sent', async () => {
  const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKNkKpYBnFzlqhjBjvyCpFq0mSbbbWmqSPlAGZ0Kw9Bn ann@laptop';
  expect(problemOfKey(`${key}\n`)).toBeUndefined();
  expect(problemOfKey('-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl')).toContain('是私钥');
  expect(problemOfKey(key.slice(0, 40))).toBeDefined();
  await i18n.changeLanguage('en-US');
  expect(problemOfKey('-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl')).toMatch(/^Is a private key/);
});

it('makes a name of the name of a file', () => {
  expect(keyNameOf('id_ed25519.pub')).toBe('id_ed25519');
  expect(keyNameOf('My key (1).pub')).toBe('My-key-1');
});
