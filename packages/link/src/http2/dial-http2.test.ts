import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { systemClock } from '@zhiyun/kernel';
import { expect, test } from 'vitest';
import { createAuthority } from '../certificates.ts';
import { goneDialsAtOnce } from '../limits.ts';
import { dialHttp2 } from './dial-http2.ts';

test('those who are said to be gone do not hold up the others, and are given up at once', async () => {
  let reached = 0;
  const mute = net.createServer((socket) => {
    reached++;
    socket.on('error', () => {});
  });
  await once(mute.listen(0, '127.0.0.1'), 'listening');
  const address = { host: '127.0.0.1', port: (mute.address() as AddressInfo).port };
  const end = new AbortController();
  const { certificate: caCertificate } = await createAuthority('test', Date.now());
  const options = {
    address,
    credentials: { caCertificate },
    expect: { type: 'node-client' },
    clock: systemClock,
  } as const;
  try {
    const gone = Array.from({ length: 4 * goneDialsAtOnce }, () =>
      dialHttp2({ ...options, isGone: true, signal: end.signal }).catch((error: unknown) => error),
    );
    await expect.poll(() => reached).toBe(goneDialsAtOnce);
    const { promise: isReached, resolve: onReached } = Promise.withResolvers<void>();
    const present = dialHttp2({ ...options, onReached, signal: end.signal }).catch((error: unknown) => error);
    await isReached;
    const enough = new Error('enough');
    end.abort(enough);
    for (const dial of gone.slice(goneDialsAtOnce)) expect(await dial).toBe(enough);
    await Promise.all([...gone, present]);
    await expect.poll(() => reached).toBe(goneDialsAtOnce + 1);
  } finally {
    mute.close();
  }
});
