import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { renderSentence } from '@zhiyun/contracts';
import { expect, test } from 'vitest';
import { holderOf, socketsOf } from './port-holder.ts';

const words = (protocol: 'udp' | 'tcp', port: number) => renderSentence(holderOf(protocol, port), 'en');

test('the holder of a port is named with its process', async () => {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  expect(words('udp', socket.address().port)).toMatch(new RegExp(`^.+ \\(process ${process.pid}\\)$`));
  expect(words('tcp', (server.address() as { port: number }).port)).toContain(`(process ${process.pid})`);
  socket.close();
  server.close();
});

test('a port nobody holds, and connections to a port elsewhere, have no holder', () => {
  expect(words('udp', 1)).toBe('an unknown process');
  const line = (state: string) =>
    `   1: 0100007F:0035 0200007F:D431 ${state} 00000000:00000000 00:00000000 00000000 0 0 4711 1`;
  expect(socketsOf(line('0A'), 'tcp', 53)).toEqual(['4711']);
  expect(socketsOf(line('01'), 'tcp', 53)).toEqual([]);
  expect(socketsOf(line('07'), 'udp', 53)).toEqual(['4711']);
  expect(socketsOf(line('07'), 'udp', 67)).toEqual([]);
});
