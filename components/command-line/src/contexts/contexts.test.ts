import { describe, expect, test } from 'vitest';
import { type Context, type Contexts, chooseContext, type LocalPlatform, nameFor, without } from './contexts.ts';

const context = (url: string, more: Partial<Context> = {}): Context => ({
  url,
  token: 't',
  username: 'admin',
  ...more,
});
const a = context('https://10.0.0.1:8443', { caCertificate: 'A', home: '/a' });
const b = context('https://10.0.0.2:8443', { caCertificate: 'B' });
const both: Contexts = { current: 'a', byName: { a, b } };
const none = () => undefined;
const local =
  (...platforms: LocalPlatform[]) =>
  (home: string) =>
    platforms.find((one) => one.home === home);

describe('a command is for', () => {
  test('the context in use, and others that could have been meant are told', () => {
    expect(chooseContext(both, {}, none)).toEqual({ name: 'a', context: a, others: ['b'] });
    expect(chooseContext({ current: undefined, byName: { b } }, {}, none)).toEqual({
      name: 'b',
      context: b,
      others: [],
    });
    expect(chooseContext({ current: undefined, byName: { a, b } }, {}, none)).toEqual({ missing: 'any' });
  });

  test('whatever --context or --url says, in this order', () => {
    expect(chooseContext(both, { context: 'b', url: a.url, home: '/a' }, none)).toMatchObject({
      name: 'b',
      others: [],
    });
    expect(chooseContext(both, { url: 'https://10.0.0.2:8443/', home: '/a' }, none)).toMatchObject({ name: 'b' });
    expect(chooseContext(both, { context: 'c' }, none)).toEqual({ missing: 'context', name: 'c', known: ['a', 'b'] });
    expect(chooseContext(both, { url: 'https://c' }, none)).toMatchObject({ missing: 'url' });
  });

  test('the platform of ZHIYUN_HOME, and never another one', () => {
    const here = { home: '/b', url: b.url, caCertificate: 'B' };
    expect(chooseContext(both, { home: '/b' }, local(here))).toMatchObject({ name: 'b' });
    expect(chooseContext(both, { home: '/c' }, none)).toEqual({ missing: 'platform', home: '/c' });
    // A new domain was made at the address of the former one: its sessions are not for it.
    const anew = { ...here, caCertificate: 'C' };
    expect(chooseContext(both, { home: '/b' }, local(anew))).toEqual({ missing: 'home', home: '/b', url: b.url });
  });

  test('a platform on this machine where it is today', () => {
    const moved = { home: '/a', url: 'https://10.0.0.1:9000', caCertificate: 'A' };
    expect(chooseContext(both, {}, local(moved))).toMatchObject({ name: 'a', context: { url: moved.url } });
    expect(chooseContext(both, { home: '/a' }, local(moved))).toMatchObject({ name: 'a', context: { url: moved.url } });
  });
});

test('a session takes the name of the one that it replaces, else that of its address', () => {
  expect(nameFor(both, context('https://10.0.0.2:8443'))).toBe('b');
  expect(nameFor(both, context('https://cloud.example'))).toBe('cloud.example');
  const other = context(b.url, { username: 'ann' });
  expect(nameFor({ current: undefined, byName: { '10.0.0.2:8443': b } }, other)).toBe('10.0.0.2:8443-2');
});

test('once signed out, the only one left is meant', () => {
  expect(without(both, 'a')).toEqual({ current: 'b', byName: { b } });
  expect(without(both, 'b')).toEqual({ current: 'a', byName: { a } });
  expect(without({ current: 'a', byName: { a, b, c: b } }, 'a').current).toBeUndefined();
});
