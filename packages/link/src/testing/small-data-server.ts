/** The least that a Data Server must be for the tests of this package: one authority, one secret, the list in memory. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ComponentId, DomainId } from '@zhiyun/contracts';
import {
  associated,
  type ComponentRecord,
  dataServerLink,
  joinRequestSchema,
  type LinkAddress,
} from '@zhiyun/contracts/links';
import { Emitter, newId, PlatformError, silentLogger, systemClock } from '@zhiyun/kernel';
import {
  type Authority,
  certificateSha256,
  createAuthority,
  createCertificateRequest,
  signComponentCertificate,
} from '../certificates.ts';
import { LinkServer } from '../http2/link-server.ts';
import { openIdentity } from '../identity.ts';
import { Served } from '../served.ts';
import { formatJoinToken } from '../token.ts';

export interface SmallDataServer extends AsyncDisposable {
  id: ComponentId;
  domainId: DomainId;
  authority: Authority;
  address: LinkAddress;
  token: string;
  joins: number;
}

export async function startSmallDataServer(): Promise<SmallDataServer> {
  const clock = systemClock;
  const home = await mkdtemp(join(tmpdir(), 'zhiyun-link-'));
  const identity = await openIdentity(home, 'data-server');
  const authority = await createAuthority('test', clock.now());
  const domain = { id: newId<DomainId>(), name: 'test' };
  const certificateFor = (certificateRequest: string, type: ComponentRecord['type'], id: ComponentId) =>
    signComponentCertificate(authority, certificateRequest, { domainId: domain.id, type, id }, clock.now());

  const records = new Map<ComponentId, ComponentRecord>();
  const changed = new Emitter<void>();
  const served = new Served();
  served.serve(dataServerLink, {
    async *register({ name, endpoint }, { caller, signal }) {
      records.set(caller.id, { ...caller, name, endpoint, state: 'online' });
      changed.emit();
      while (!signal.aborted) {
        const associates = [...records.values()].filter(
          (other) => other.id !== caller.id && associated(caller.type, other.type),
        );
        yield { whole: true, associates, removed: [] };
        const { promise, resolve } = Promise.withResolvers<void>();
        using _changes = changed.on(resolve);
        signal.addEventListener('abort', () => resolve(), { once: true });
        await promise;
      }
    },
    async goodbye(_params, { caller }) {
      const record = records.get(caller.id);
      if (record) records.set(caller.id, { ...record, state: 'gone' });
      changed.emit();
      return {};
    },
    renewCertificate: async ({ certificateRequest }, { caller }) => ({
      certificate: await certificateFor(certificateRequest, caller.type, caller.id),
    }),
    reportLinks: async () => ({}),
    issueGatewayCertificate: notHere,
    listLinks: notHere,
    databaseAccess: notHere,
    createJoinToken: notHere,
    listJoinTokens: notHere,
    revokeJoinToken: notHere,
    removeComponent: notHere,
  });

  const small = { joins: 0 };
  const server = new LinkServer({
    self: { id: identity.id, type: 'data-server', name: 'd1' },
    domainId: domain.id,
    credentials: {
      caCertificate: authority.certificate,
      certificate: await certificateFor(
        await createCertificateRequest(identity.privateKey),
        'data-server',
        identity.id,
      ),
      privateKey: identity.privateKey,
    },
    served,
    async join(body) {
      const { secret, certificateRequest, type, id } = joinRequestSchema.parse(body);
      if (secret !== 'the secret') throw new PlatformError('join-refused', 'The join token is not known here.');
      small.joins++;
      const certificate = await certificateFor(certificateRequest, type, id);
      return { domain, certificate, caCertificate: authority.certificate };
    },
    clock,
    log: silentLogger,
  });
  const address = { host: '127.0.0.1', port: await server.listen('127.0.0.1', 0) };
  const caSha256 = certificateSha256(authority.certificate);
  return Object.assign(small, {
    id: identity.id,
    domainId: domain.id,
    authority,
    address,
    token: formatJoinToken({ dataServers: [address], caSha256, secret: 'the secret' }),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await rm(home, { recursive: true });
    },
  });
}

async function notHere(): Promise<never> {
  throw new PlatformError('unavailable', 'not part of these tests');
}
