/** What the mock holds when it starts: the same every time, from a counted pseudo-random source. */
import {
  type ComputePool,
  componentIdSchema,
  computePoolIdSchema,
  diskIdSchema,
  GiB,
  type Image,
  type InstanceDetail,
  type InstanceState,
  imageIdSchema,
  instanceIdSchema,
  MiB,
  type NetworkFinding,
  type Node,
  operationIdSchema,
  say,
  TiB,
  userIdSchema,
} from '@zhiyun/contracts';
import { renderSentence } from '@zhiyun/contracts/sentences';
import type { Db, MockUser } from './db.ts';
import { seedComponents, seedJoinTokens } from './seed-components.ts';
import { seedHistory } from './seed-history.ts';

export interface SeedOptions {
  /** `empty`: a platform that was just started, with its one node and nothing in it. */
  seed?: 'full' | 'empty';
  instances?: number;
  /** Compute nodes of the full seed. Default 4. */
  nodes?: number;
}

/** For everybody who signs in to the mock. */
export const mockPassword = 'zhiyun-mock';

const kinds = {
  user: 1,
  pool: 2,
  node: 3,
  image: 4,
  instance: 5,
  disk: 6,
  operation: 7,
  domain: 8,
  component: 9,
} as const;

/** Shaped like a UUIDv7; the same for the same kind and number. */
export function seededId(kind: keyof typeof kinds, number: number): string {
  return `01930000-0000-7${kinds[kind].toString(16).padStart(3, '0')}-8000-${number.toString(16).padStart(12, '0')}`;
}

export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

export const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
const emptyAmount = { total: 0, promised: 0, used: null };
const noCapacity = { cores: emptyAmount, memoryBytes: emptyAmount, diskBytes: emptyAmount };

function seedUsers(): MockUser[] {
  const user = (number: number, username: string, role: MockUser['role'], mustChangePassword = false): MockUser => ({
    id: userIdSchema.parse(seededId('user', number)),
    username,
    role,
    mustChangePassword,
    createdAt: ago(60 * 24 * 90),
    password: mockPassword,
  });
  return [
    user(1, 'admin', 'administrator'),
    user(2, 'operator', 'operator'),
    user(3, 'viewer', 'viewer'),
    user(4, 'first', 'administrator', true),
  ];
}

function seedPools(): ComputePool[] {
  const pool = (number: number, name: string, description: string, cpuOvercommit: number): ComputePool => ({
    id: computePoolIdSchema.parse(seededId('pool', number)),
    name,
    description,
    storageMode: 'local',
    networkMode: 'private',
    cpuOvercommit,
    diskOvercommit: 4,
    nodeCount: 0,
    instanceCount: 0,
    capacity: noCapacity,
    createdAt: ago(60 * 24 * 60),
  });
  return [
    pool(1, 'default', '通用云主机', 8),
    pool(2, 'performance', '独享处理器，适合数据库', 1),
    pool(3, 'lab', '', 16),
  ];
}

/** Of the server with this index. */
export const hostAddress = (index: number) => `10.20.${Math.floor(index / 200)}.${11 + (index % 200)}`;

function seedNodes(pools: readonly ComputePool[], count: number): Node[] {
  return Array.from({ length: count }, (_, index): Node => {
    const pool = pools[index < 2 ? 0 : 1] ?? pools[0];
    return {
      id: componentIdSchema.parse(seededId('node', index + 1)),
      name: `node-${index + 1}`,
      computePool: pool ? { id: pool.id, name: pool.name } : null,
      state: index === 3 ? 'offline' : 'online',
      stateSince: ago(60 * 24 * 3),
      schedulable: index !== 2,
      address: hostAddress(index),
      instanceCount: 0,
      capacity: noCapacity,
      load: null,
      facts: {
        hostname: `node-${index + 1}.cloud.example`,
        architecture: 'x86_64',
        kernel: '6.12.48+deb13-amd64',
        cpuModel: 'AMD EPYC 9354P 32-Core Processor',
        cores: index < 2 ? 32 : 16,
        memoryBytes: (index < 2 ? 512 : 256) * GiB,
        diskBytes: 4 * TiB,
        hypervisor: 'qemu',
        hypervisorVersion: '10.0.3',
        accelerator: index === 3 ? 'tcg' : 'kvm',
        cgroupVersion: 'v2',
        reflink: index < 2,
      },
      network: index === 1 ? [seedFinding()] : [],
      joinedAt: ago(60 * 24 * 60),
    };
  });
}

function seedFinding(): NetworkFinding {
  const sentence = say('network.forward-blocked', { chain: 'ip filter FORWARD' });
  const mendSentence = say('network.mend.iptables', { command: 'iptables -I FORWARD -i zy1a2b3c4d-+ -j ACCEPT' });
  return {
    kind: 'forward-blocked',
    subject: 'ip filter FORWARD',
    severity: 'error',
    detail: renderSentence(sentence, 'en') ?? '',
    sentence,
    mend: renderSentence(mendSentence, 'en') ?? null,
    mendSentence,
    since: ago(12),
  };
}

function seedImages(): Image[] {
  const image = (number: number, name: string, draft: Partial<Image>): Image => ({
    id: imageIdSchema.parse(seededId('image', number)),
    name,
    description: '',
    kind: 'disk',
    state: 'ready',
    sizeBytes: 700 * MiB,
    uploadedBytes: draft.sizeBytes ?? 700 * MiB,
    format: draft.kind === 'iso' ? 'iso9660' : 'qcow2',
    virtualSizeBytes: 10 * GiB,
    sha256: number.toString(16).padStart(2, '0').repeat(32),
    error: null,
    instanceCount: 0,
    storageServer: { id: componentIdSchema.parse(seededId('component', 6)), name: 'node-1' },
    uploadUrl: null,
    createdAt: ago(60 * 24 * (40 - number)),
    operation: null,
    ...draft,
  });
  return [
    image(1, 'debian-13-cloud', { description: 'Debian 13 (trixie)，已启用串口控制台' }),
    image(2, 'ubuntu-24.04-server', { sizeBytes: 1200 * MiB, virtualSizeBytes: 20 * GiB }),
    image(3, 'openEuler-24.03-LTS', { sizeBytes: 900 * MiB, virtualSizeBytes: 40 * GiB }),
    image(4, 'debian-13.1.0-netinst', { kind: 'iso', sizeBytes: 784 * MiB, virtualSizeBytes: 784 * MiB }),
    image(5, 'rocky-10-minimal', { kind: 'iso', sizeBytes: 2100 * MiB, virtualSizeBytes: 2100 * MiB }),
    image(6, 'alpine-broken', {
      state: 'failed',
      format: null,
      virtualSizeBytes: null,
      sha256: null,
      sizeBytes: 180 * MiB,
      error: {
        code: 'image-refused',
        detail:
          'The qcow2 header names a backing file "/etc/passwd". Flatten the image with qemu-img convert, then upload it again.',
      },
    }),
    image(7, 'windows-server-2025', {
      kind: 'iso',
      state: 'uploading',
      format: null,
      virtualSizeBytes: null,
      sha256: null,
      sizeBytes: 6 * GiB,
      uploadedBytes: 2253 * MiB,
      uploadUrl: `/api/v1/images/${seededId('image', 7)}/content`,
    }),
  ];
}

const roles = ['web', 'api', 'db', 'cache', 'build', 'mail', 'dns', 'queue'] as const;
/** The first ones have names that tests and screens rely on. */
const sentinels: readonly { name: string; state: InstanceState }[] = [
  { name: 'web-1', state: 'running' },
  { name: 'database-1', state: 'running' },
  { name: '测试机-01', state: 'stopped' },
  { name: 'crashed-1', state: 'stopped' },
  { name: 'lost-1', state: 'unknown' },
  { name: 'session-expired', state: 'stopped' },
  { name: 'cut-live-feed', state: 'stopped' },
];

function seedInstances(db: Pick<Db, 'pools' | 'nodes' | 'images'>, count: number): InstanceDetail[] {
  const random = createRandom(7);
  const pick = <Item>(items: readonly Item[]): Item | undefined => items[Math.floor(random() * items.length)];
  const usable = db.images.filter(({ state, kind }) => state === 'ready' && kind === 'disk');
  return Array.from({ length: count }, (_, index): InstanceDetail => {
    const sentinel = sentinels[index];
    const state = sentinel?.state ?? (random() < 0.78 ? 'running' : 'stopped');
    const lost = db.nodes.find((node) => node.state === 'offline');
    const node = (state === 'unknown' ? lost : pick(db.nodes.filter((each) => each.state === 'online'))) ?? db.nodes[0];
    const pool = node?.computePool ?? db.pools[0];
    if (!node || !pool) throw new Error('The seed needs a node in a pool');
    const image = pick(usable);
    const cores = pick([1, 2, 2, 4]) ?? 1;
    return {
      id: instanceIdSchema.parse(seededId('instance', count - index)),
      name: sentinel?.name ?? `${pick(roles)}-${index}`,
      computePool: { id: pool.id, name: pool.name },
      node: { id: node.id, name: node.name },
      state,
      stateSince: ago(index * 17 + 2),
      stopReason: state !== 'stopped' ? null : sentinel?.name === 'crashed-1' ? 'crashed' : 'requested',
      stopDetail: sentinel?.name === 'crashed-1' ? 'QEMU ended by signal 11 (SIGSEGV).' : null,
      condition: null,
      boot: { first: 'disk', menu: false },
      cores,
      memoryBytes: cores * 2 * GiB,
      disks: [
        {
          id: diskIdSchema.parse(seededId('disk', count - index)),
          sizeBytes: 40 * GiB,
          image: image ? { id: image.id, name: image.name } : null,
        },
      ],
      iso: null,
      address: state === 'running' ? `10.77.${Math.floor(index / 250)}.${(index % 250) + 2}` : null,
      macAddress: `52:54:00:10:${(index >> 8).toString(16).padStart(2, '0')}:${(index & 255).toString(16).padStart(2, '0')}`,
      createdAt: ago(index * 43 + 30),
      operation: null,
      placement: db.nodes.map((candidate) => ({
        node: { id: candidate.id, name: candidate.name },
        score: candidate.id === node.id ? 0.82 : candidate.state === 'online' && candidate.schedulable ? 0.61 : null,
        reason:
          candidate.id === node.id
            ? null
            : candidate.state === 'offline'
              ? `${candidate.name}: offline`
              : candidate.schedulable
                ? null
                : `${candidate.name}: 1.2 GiB of memory short`,
      })),
    };
  });
}

export function createDb({ seed = 'full', instances = 137, nodes: nodeCount = 4 }: SeedOptions = {}): Db {
  const full = seed === 'full';
  const pools = full ? seedPools() : seedPools().slice(0, 1);
  const nodes = seedNodes(pools, full ? nodeCount : 1);
  const images = full ? seedImages() : [];
  const db: Db = {
    users: seedUsers(),
    sessions: [],
    pools,
    nodes,
    images,
    instances: full ? seedInstances({ pools, nodes, images }, instances) : [],
    operations: [],
    events: [],
    tickets: [],
    components: seedComponents(nodes, full ? 'cluster' : 'single'),
    joinTokens: full ? seedJoinTokens() : [],
    startedAt: ago(60 * 24 * 3 + 125),
  };
  if (full) seedHistory(db, (number) => operationIdSchema.parse(seededId('operation', number)));
  return db;
}
