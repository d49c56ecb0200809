import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { silentLogger, systemClock } from '@zhiyun/kernel';
import { expect, test } from 'vitest';
import { startSmallDataServer } from '../testing/small-data-server.ts';
import { joinDomain } from './join-domain.ts';

const day = 24 * 3600 * 1000;

/** Serial number of the certificate that is shown at a port of this machine. */
async function shownAt(port: number): Promise<string | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<string | undefined>();
  const socket = tls.connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ALPNProtocols: ['h2'] }, () =>
    resolve(socket.getPeerX509Certificate()?.serialNumber),
  );
  socket.on('error', reject);
  return await promise.finally(() => socket.destroy());
}

test('a certificate past two thirds of its life is renewed, kept, and shown from then on', async () => {
  const home = await mkdtemp(join(tmpdir(), 'zhiyun-link-'));
  const directory = join(home, 'node-client', 'identity');
  await using dataServer = await startSmallDataServer();
  let skewMs = 0;
  const clock = { ...systemClock, now: () => Date.now() + skewMs };
  const options = {
    home,
    type: 'node-client',
    name: 'n1',
    version: '1',
    endpointHosts: ['127.0.0.1'],
    dataServers: [],
    clock,
    log: silentLogger,
  } as const;
  const member = await joinDomain({ ...options, token: dataServer.token });
  const kept = async () =>
    new X509Certificate(JSON.parse(await readFile(join(directory, 'membership.json'), 'utf8')).certificate)
      .serialNumber;
  const first = await kept();
  skewMs = 5 * day;
  await member.start();
  await expect.poll(kept).not.toBe(first);
  const { port } = JSON.parse(await readFile(join(directory, 'address.json'), 'utf8'));
  await expect.poll(() => shownAt(port)).toBe(await kept());
  await member[Symbol.asyncDispose]();
  await rm(home, { recursive: true });
});
