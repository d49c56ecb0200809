/** The world of a story: real Control Servers and Storage Servers and simulated nodes, in one process, without network or time of their own. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { GiB, type NodeFacts, TiB } from '@zhiyun/contracts';
import { dataServerLink } from '@zhiyun/contracts/links';
import { createRestClient, type RestClient } from '@zhiyun/contracts/rest';
import { createControlServer } from '@zhiyun/control-server';
import { type Clock, type Disposables, silentLogger } from '@zhiyun/kernel';
import { createMemoryDomain, type LinkHandlers, type Member, type MemoryDomain } from '@zhiyun/link';
import { createSimulatedNode } from '@zhiyun/node-client';
import { createStorageServer } from '@zhiyun/storage-server';
import { openStore, type Store } from '@zhiyun/store';
import { sql } from 'kysely';
import { mortalClock } from './mortal-clock.ts';
import type { StoryPlan } from './story.ts';

const facts: NodeFacts = {
  hostname: 'simulated',
  architecture: 'x86_64',
  kernel: '6.12',
  cpuModel: 'simulated',
  cores: 16,
  memoryBytes: 64 * GiB,
  diskBytes: 1 * TiB,
  hypervisor: 'simulated',
  hypervisorVersion: '1.0.0',
  accelerator: 'kvm',
  cgroupVersion: 'v2',
  reflink: true,
};

export interface StoryWorld {
  readonly domain: MemoryDomain;
  readonly directory: string;
  readonly members: ReadonlyMap<string, Member>;
  kill(controlServer: string): Promise<void>;
  signIn(): Promise<RestClient>;
}

export interface StoryWorldOptions {
  plan: StoryPlan;
  databaseUrl: string;
  /** Of the story itself. */
  store: Store;
  clock: Clock;
  onStatement: () => void;
}

export async function startStoryWorld(options: StoryWorldOptions, ends: Disposables): Promise<StoryWorld> {
  const { plan, databaseUrl, store, clock, onStatement } = options;
  const log = silentLogger;
  const directory = await mkdtemp(join(tmpdir(), 'zhiyun-story-'));
  ends.add(() => rm(directory, { recursive: true, force: true }));
  const domain = createMemoryDomain({ clock });
  const members = new Map<string, Member>();
  const deaths = new Map<string, () => Promise<void>>();

  async function join_(type: Member['type'], name: string): Promise<Member> {
    const member = domain.join({ type, name });
    members.set(name, member);
    await register(store, member);
    return member;
  }

  const dataServer = await join_('data-server', 'data-1');
  dataServer.serve(dataServerLink, dataServerHandlers());
  ends.use(dataServer);
  await dataServer.start();
  for (const name of plan.controlServers) {
    const own = mortalClock(clock);
    const ownStore = await openStore({ url: databaseUrl, log, onStatement });
    const member = await join_('control-server', name);
    const passwordFile = join(directory, 'password');
    const control = await createControlServer({
      store: ownStore,
      member,
      passwordFile,
      clock: own,
      log,
      version: '0.1.0',
    });
    let isAlive = true;
    const end = async (stop: () => Promise<void>) => {
      if (!isAlive) return;
      isAlive = false;
      await stop();
    };
    ends.add(() => end(() => control.stop().finally(() => ownStore.close())));
    // What it was doing goes no further: neither in time nor to the database nor to anybody else.
    deaths.set(name, () =>
      end(async () => {
        own.kill();
        await Promise.all([ownStore.close(), domain.kill(member)]);
      }),
    );
    await control.start();
  }
  for (const name of plan.storageServers ?? []) {
    const home = join(directory, name);
    const storage = await createStorageServer({ member: await join_('storage-server', name), home, clock, log });
    ends.add(() => storage.stop());
    await storage.start();
  }
  for (const [name, more] of Object.entries(plan.nodes)) {
    const node = createSimulatedNode({
      member: await join_('node-client', name),
      facts: { ...facts, hostname: name, ...more },
      instances: [],
      pace: { launchMs: plan.launchMs ?? 500, shutdownMs: 500 },
      clock,
      log,
    });
    ends.add(() => node.stop());
    await node.start();
  }
  const gateway = await join_('http-gateway', 'gateway-1');
  ends.use(gateway);
  await gateway.start();

  const client = (token?: string) =>
    createRestClient({ baseUrl: '', token: () => token, fetch: (input, init) => ask(gateway, String(input), init) });
  return {
    ...{ domain, directory, members },
    async kill(name) {
      await deaths.get(name)?.();
    },
    async signIn() {
      const password = (await readFile(join(directory, 'password'), 'utf8')).trim();
      const { token } = await client().createSession({ body: { username: 'admin', password } });
      return client(token);
    },
  };
}

/** As a Data Server would have written it. */
async function register({ db }: Store, { id, type, name }: Member): Promise<void> {
  const endpoint = JSON.stringify({ hosts: ['memory'], port: 1, machine: name });
  await sql`insert into component (id, type, public_key_sha256, joined_at) values (${id}, ${type}, ${id}, now())`.execute(
    db,
  );
  await sql`insert into registration
      (component_id, name, endpoint, version, life, clock_skew_ms, state, since, data_server_id, session, is_open)
    values (${id}, ${name}, ${endpoint}::jsonb, '0.1.0', ${id}, 0, 'online', now(), ${id}, gen_random_uuid(), true)`.execute(
    db,
  );
}

/** It only takes note of who is removed. */
function dataServerHandlers(): LinkHandlers<typeof dataServerLink> {
  const handlers = Object.keys(dataServerLink.methods).map((name) => [name, async () => ({})]);
  return Object.fromEntries(handlers) as LinkHandlers<typeof dataServerLink>;
}

/** `fetch`, as a browser behind the gateway has it. */
async function ask(gateway: Member, path: string, init: RequestInit = {}): Promise<Response> {
  const [control] = gateway.onlinePeers('control-server');
  if (!control) throw new Error('No Control Server is there');
  const headers = { ...(init.headers as Record<string, string>), 'x-zhiyun-origin': 'https://story.example' };
  const body = typeof init.body === 'string' ? { body: Buffer.from(init.body) } : {};
  const answer = await control.request({ method: init.method ?? 'GET', path, headers, ...body });
  const bytes = Buffer.isBuffer(answer.body) ? answer.body : await buffer(answer.body);
  const type = String(answer.headers['content-type'] ?? '');
  return new Response(answer.status === 204 ? null : new Uint8Array(bytes), {
    status: answer.status,
    headers: { 'content-type': type },
  });
}

async function buffer(body: Readable): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of body) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
