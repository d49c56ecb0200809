import { anyHost } from '@zhiyun/link';
import { expect, test } from 'vitest';
import { listenPlaces, startNotes } from './remembered-options.ts';

test('links listen where the gateway was told to, unless they have a place of their own', () => {
  expect(listenPlaces({}, {})).toEqual({ listen: { host: anyHost(), port: 8443 }, linkHost: anyHost() });
  expect(listenPlaces({ listen: '127.0.0.1:9' }, {})).toMatchObject({ linkHost: '127.0.0.1' });
  expect(listenPlaces({}, { listen: '127.0.0.1:9', linkListen: '192.0.2.5' })).toEqual({
    listen: { host: '127.0.0.1', port: 9 },
    linkHost: '192.0.2.5',
  });
  expect(listenPlaces({ listen: '[::1]:9', linkListen: '::' }, { listen: ':1', linkListen: '127.0.0.1' })).toEqual({
    listen: { host: '::1', port: 9 },
    linkHost: '::',
  });
});

test('what is remembered is said, now and later; the usual is not worth a word', () => {
  const notes = (typed: { listen?: string }, configured: { listen?: string; linkListen?: string }, simulated = false) =>
    startNotes({ typed, configured, simulated, ...listenPlaces(typed, configured) });
  expect(notes({}, {})).toEqual([]);
  expect(notes({ listen: '0.0.0.0:9' }, {})).toEqual([expect.stringContaining('at every later start')]);
  expect(notes({}, { listen: '0.0.0.0:9' })).toEqual([expect.stringContaining('0.0.0.0:9, as told before')]);
  expect(notes({ listen: '127.0.0.1:9' }, { listen: '127.0.0.1:9' })).toEqual([
    expect.stringContaining('other servers cannot join'),
  ]);
  expect(notes({}, { listen: '127.0.0.1:9', linkListen: '::' })).toHaveLength(1);
  expect(notes({}, {}, true)).toEqual([expect.stringContaining('--simulated')]);
});
