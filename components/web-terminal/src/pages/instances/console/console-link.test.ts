import { problemOf } from '@zhiyun/contracts';
import { RestError } from '@zhiyun/contracts/rest';
import { expect, it } from 'vitest';
import { isLasting, isLeaveChord, retryDelayMs, webSocketUrl } from './console-link.ts';

it('makes a WebSocket address of a ticket, whole or relative', () => {
  const page = 'https://cloud.example:8443/instances/x';
  expect(webSocketUrl({ url: '/api/v1/consoles/display/t' }, page)).toBe(
    'wss://cloud.example:8443/api/v1/consoles/display/t',
  );
  expect(webSocketUrl({ url: 'wss://other.example/t' }, page)).toBe('wss://other.example/t');
  expect(webSocketUrl({ url: '/t' }, 'http://127.0.0.1:5173/')).toBe('ws://127.0.0.1:5173/t');
});

it('leaves the console by Ctrl+Alt+Shift only, so that Ctrl-Alt-Del and the like reach the guest', () => {
  const keys = { ctrlKey: true, altKey: true, shiftKey: true };
  expect(isLeaveChord({ ...keys, key: 'Shift' })).toBe(true);
  expect(isLeaveChord({ ...keys, key: 'T' })).toBe(false);
  expect(isLeaveChord({ ...keys, shiftKey: false, key: 'Alt' })).toBe(false);
});

it('tries again sooner at first and every few seconds for ever, but not where that is of no use', () => {
  expect(retryDelayMs(0)).toBeLessThan(1_000);
  expect(retryDelayMs(3)).toBeGreaterThan(retryDelayMs(1));
  expect(retryDelayMs(1_000)).toBe(5_000);
  const refused = (code: 'forbidden' | 'node-unreachable') => new RestError(problemOf({ code, detail: '' }));
  expect(isLasting(refused('forbidden'))).toBe(true);
  expect(isLasting(refused('node-unreachable'))).toBe(false);
  expect(isLasting(new TypeError('cut'))).toBe(false);
});
