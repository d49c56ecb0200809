/** A minimal Data Server for the tests of this package: one authority, one secret, the registry in memory. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ComponentId, DomainId } from '@zhiyun/contracts';
import {
  type Associates,
  associated,
  type ComponentRecord,
  type ComponentType,
  dataServerLink,
  joinRequestSchema,
  type LinkAddress,
  type LinkEndpoint,
  type SeenLink,
} from '@zhiyun/contracts/links';
import { Emitter, type Logger, newId, PlatformError, silentLogger, systemClock } from '@zhiyun/kernel';
import {
  type Authority,
  certificateSha256,
  createAuthority,
  createCertificateRequest,
  signComponentCertificate,
} from '../certificates/certificates.ts';
import { LinkServer } from '../http2/link-server.ts';
import { goneMs, suspectMs, watchMs } from '../limits.ts';
import { type Identity, openIdentity } from '../membership/identity.ts';
import { formatJoinToken } from '../membership/token.ts';
import { Served } from '../rpc/served.ts';
import type { LinkContext } from '../types.ts';

export interface LinkReport {
  from: ComponentId;
  whole: boolean;
  links: SeenLink[];
  forgotten: ComponentId[];
}

export async function startSmallDataServer(
  options: { port?: number; log?: Logger; certificateNow?: number } = {},
): Promise<SmallDataServer> {
  const home = await mkdtemp(join(tmpdir(), 'zhiyun-link-'));
  const identity = await openIdentity(home, 'data-server');
  const authority = await createAuthority('test');
  const dataServer = new SmallDataServer(home, identity, authority, options);
  await dataServer.start();
  return dataServer;
}

export class SmallDataServer implements AsyncDisposable {
  readonly id: ComponentId;
  readonly domainId = newId<DomainId>();
  readonly authority: Authority;
  joins = 0;
  readonly reports: LinkReport[] = [];
  /** The life of each registered component. */
  readonly lives = new Map<ComponentId, string>();
  readonly records = new Map<ComponentId, ComponentRecord>();
  /** If false, a silent component stays suspect here, and peers detect by themselves that it is gone. */
  saysGone = true;
  /** Overrides of the endpoints that associates receive. */
  readonly told = new Map<ComponentId, LinkEndpoint>();
  readonly #home: string;
  readonly #identity: Identity;
  readonly #options: { log?: Logger; certificateNow?: number };
  readonly #removed = new Set<ComponentId>();
  readonly #changes = new Emitter<ComponentId>();
  /** Silence of each registered component. */
  readonly #silences = new Map<ComponentId, LinkContext['silentMs']>();
  #watch: Disposable | undefined;
  #port: number;
  #server: LinkServer | undefined;

  constructor(
    home: string,
    identity: Identity,
    authority: Authority,
    options: { port?: number; log?: Logger; certificateNow?: number },
  ) {
    this.id = identity.id;
    this.authority = authority;
    this.#home = home;
    this.#identity = identity;
    this.#options = options;
    this.#port = options.port ?? 0;
  }

  get address(): LinkAddress {
    return { host: '127.0.0.1', port: this.#port };
  }
  get token(): string {
    return this.tokenFor([this.address]);
  }
  tokenFor(dataServers: LinkAddress[]): string {
    const caSha256 = certificateSha256(this.authority.certificate);
    return formatJoinToken({ dataServers, caSha256, secret: 'the secret' });
  }

  async start(): Promise<void> {
    const { log = silentLogger } = this.#options;
    const request = await createCertificateRequest(this.#identity.privateKey);
    this.#server = new LinkServer({
      self: { id: this.id, type: 'data-server', name: 'd1' },
      domainId: this.domainId,
      credentials: {
        caCertificate: this.authority.certificate,
        certificate: await this.certificateFor(request, 'data-server', this.id),
        privateKey: this.#identity.privateKey,
      },
      served: this.#served(),
      join: (body) => this.#join(body),
      clock: systemClock,
      log,
    });
    this.#server.refuse(this.#removed);
    this.#port = await this.#server.listen('127.0.0.1', this.#port);
    this.#watch = systemClock.every(watchMs, () => this.#judge());
  }

  /** Stops like a stopped process; `start` brings it back at its port. */
  async stop(): Promise<void> {
    this.#watch?.[Symbol.dispose]();
    await this.#server?.[Symbol.asyncDispose]();
  }

  remove(id: ComponentId): void {
    this.#removed.add(id);
    this.records.delete(id);
    this.#changes.emit(id);
    this.#server?.refuse(this.#removed);
  }

  /** Sends the associates a new endpoint of a component. */
  tell(id: ComponentId, endpoint: LinkEndpoint): void {
    this.told.set(id, endpoint);
    this.#changes.emit(id);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await rm(this.#home, { recursive: true });
  }

  certificateFor(certificateRequest: string, type: ComponentType, id: ComponentId): Promise<string> {
    const now = this.#options.certificateNow ?? systemClock.now();
    return signComponentCertificate(this.authority, certificateRequest, { domainId: this.domainId, type, id }, now);
  }

  async #join(body: unknown): Promise<unknown> {
    const { secret, certificateRequest, type, id } = joinRequestSchema.parse(body);
    if (secret !== 'the secret') throw new PlatformError('join-refused', 'The join token is not known here.');
    this.joins++;
    const certificate = await this.certificateFor(certificateRequest, type, id);
    return { domain: { id: this.domainId, name: 'test' }, certificate, caCertificate: this.authority.certificate };
  }

  #served(): Served {
    const served = new Served();
    served.serve(dataServerLink, {
      register: (params, context) => this.#register(params, context),
      goodbye: async (_params, { caller }) => {
        const record = this.records.get(caller.id);
        if (record) this.records.set(caller.id, { ...record, state: 'gone' });
        this.#changes.emit(caller.id);
        return {};
      },
      renewCertificate: async ({ certificateRequest }, { caller }) => ({
        certificate: await this.certificateFor(certificateRequest, caller.type, caller.id),
      }),
      reportLinks: async (report, { caller }) => {
        this.reports.push({ from: caller.id, ...report });
        return {};
      },
      databaseAccess: async () => ({ url: 'postgresql://db.example/zhiyun' }),
      issueGatewayCertificate: notHere,
      listLinks: notHere,
      createJoinToken: notHere,
      listJoinTokens: notHere,
      revokeJoinToken: notHere,
      removeComponent: notHere,
    });
    return served;
  }

  async *#register(
    { name, endpoint, life }: { name: string; endpoint: LinkEndpoint; life: string },
    { caller, signal, silentMs }: LinkContext,
  ): AsyncGenerator<Associates> {
    if ((this.lives.get(caller.id) ?? life) !== life) {
      throw new PlatformError('identity-in-use', `Another ${caller.type} runs with this identity.`);
    }
    this.lives.set(caller.id, life);
    signal.addEventListener('abort', () => this.lives.delete(caller.id), { once: true });
    this.#silences.set(caller.id, silentMs);
    const changed = new Set<ComponentId>();
    let wake = Promise.withResolvers<void>();
    using _changes = this.#changes.on((id) => {
      changed.add(id);
      wake.resolve();
    });
    this.records.set(caller.id, { ...caller, name, endpoint, state: 'online' });
    this.#changes.emit(caller.id);
    signal.addEventListener('abort', () => wake.resolve(), { once: true });
    for (let whole = true; !signal.aborted; whole = false) {
      const ids = whole ? [...this.records.keys(), ...this.#removed] : [...changed];
      changed.clear();
      wake = Promise.withResolvers();
      yield {
        whole,
        associates: ids.flatMap((id) => this.#recordFor(caller, id) ?? []),
        removed: ids.filter((id) => this.#removed.has(id)),
      };
      await wake.promise;
    }
  }

  #judge(): void {
    const now = systemClock.monotonicMs();
    for (const [id, silentMsAt] of this.#silences) {
      const record = this.records.get(id);
      const silentMs = silentMsAt(now);
      const state = silentMs < suspectMs ? 'online' : silentMs < goneMs || !this.saysGone ? 'suspect' : 'gone';
      if (!record || record.state === state || (record.state === 'gone' && !this.lives.has(id))) continue;
      this.records.set(id, { ...record, state });
      this.#changes.emit(id);
    }
  }

  #recordFor(caller: { id: ComponentId; type: ComponentType }, id: ComponentId): ComponentRecord | undefined {
    const record = this.records.get(id);
    if (!record || id === caller.id || !associated(caller.type, record.type)) return undefined;
    return { ...record, endpoint: this.told.get(id) ?? record.endpoint };
  }
}

async function notHere(): Promise<never> {
  throw new PlatformError('unavailable', 'not part of these tests');
}
