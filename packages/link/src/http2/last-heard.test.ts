import { expect, test } from 'vitest';
import { listenMs } from '../limits.ts';
import { LastHeard } from './last-heard.ts';

test('what has come since the last look counts as come right after it', () => {
  const socket = { bytesRead: 0 };
  const heard = new LastHeard(socket, 1_000);
  expect(heard.silentMs(1_400)).toBe(400);
  socket.bytesRead = 17;
  expect(heard.silentMs(1_800)).toBe(400);
  expect(heard.silentMs(4_800)).toBe(3_400);
});

test('who looks late has been busy: what came meanwhile came lately', () => {
  const socket = { bytesRead: 0 };
  const heard = new LastHeard(socket, 0);
  socket.bytesRead = 17;
  expect(heard.silentMs(9_000)).toBe(listenMs);
});

test('an answer counts at once, and a connection that forgets what it has read says nothing', () => {
  const socket = { bytesRead: 17 };
  const heard = new LastHeard(socket, 0);
  heard.heard(3_000);
  expect(heard.silentMs(3_100)).toBe(100);
  socket.bytesRead = 0;
  expect(heard.silentMs(3_200)).toBe(200);
});
