import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { systemClock } from '@zhiyun/kernel';
import { expect, test } from 'vitest';
import { connectTcp, connectTls } from './connect-tls.ts';

test('a connection that was given up while it waited for its handshake takes no time of the others', async () => {
  const server = net.createServer((socket) => socket.destroy());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
  const { signal } = new AbortController();
  try {
    const tcp = await connectTcp(address, 'somebody', { timeoutMs: 5_000, signal });
    if (!tcp.closed) await once(tcp, 'close');
    const handshake = connectTls(tcp, {
      ...{ address, label: 'somebody', clock: systemClock, signal },
      credentials: { caCertificate: 'not even read' },
      expect: { type: 'node-client' },
      timeoutMs: 3_600_000,
    });
    await expect(handshake).rejects.toMatchObject({ code: 'unavailable' });
  } finally {
    server.close();
  }
});
