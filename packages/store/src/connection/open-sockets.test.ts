import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { OpenSockets } from './open-sockets.ts';

const server = net.createServer((socket) => socket.on('error', () => {}));
afterEach(() => {
  server.close();
});

test('connections from an address that the machine has lost end at once, the others stay', async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const sockets = new OpenSockets();
  const connect = async (localAddress: string) => {
    const socket = sockets.open().connect({ port, host: '127.0.0.1', localAddress });
    await once(socket, 'connect');
    return socket;
  };
  const [lost, kept] = [await connect('127.0.0.2'), await connect('127.0.0.1')];
  const failure = once(lost, 'error');
  sockets.keepFrom(new Set(['127.0.0.1']));
  expect(String((await failure)[0])).toMatch(/Connection terminated: .*127\.0\.0\.2/);
  expect([lost.destroyed, kept.destroyed]).toEqual([true, false]);
  kept.destroy();
});
