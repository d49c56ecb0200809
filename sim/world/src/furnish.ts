/** What a world holds when a console is opened: by REST, as people would have made it, so that it is true of every release. */
import { type CreateInstance, GiB, type Operation, type UserId } from '@zhiyun/contracts';
import { newId } from '@zhiyun/kernel';
import { waitFor } from '@zhiyun/testkit';
import { sql } from 'kysely';
import { isoImage, qcow2WithBackingFile, rawDisk } from './image-bytes.ts';
import { insecureFetch } from './insecure-fetch.ts';
import type { World } from './world.ts';

const roles = ['cache', 'web', 'api', 'db', 'queue', 'build', 'mail', 'dns'] as const;
const MiBs = (count: number) => count * 1024 ** 2;

/** Beside `admin`, each with his password; `first` has to choose one of his own. */
export async function addPeople({ store }: World): Promise<void> {
  for (const [username, role] of [
    ['operator', 'operator'],
    ['viewer', 'viewer'],
    ['first', 'administrator'],
  ] as const)
    await sql`insert into app_user (id, username, role, password_hash, must_change_password, password_change_enforced, created_at)
      select ${newId<UserId>()}, ${username}, ${role}, password_hash, ${username === 'first'}, ${username === 'first'}, now()
      from app_user where username = 'admin'`.execute(store.db);
}

export async function ended({ admin }: World, { id }: Operation): Promise<Operation> {
  let now: Operation;
  do now = await admin.getOperation({ params: { id }, query: { waitSeconds: 30 } });
  while (now.endedAt === null);
  return now;
}

export async function addImages(world: World): Promise<void> {
  // The first that the list shows is the one that was added last.
  const files = [
    ['alpine-broken', 'disk', qcow2WithBackingFile('/etc/passwd')],
    ['debian-13.1.0-netinst', 'iso', isoImage()],
    ['openEuler-24.03-LTS', 'disk', rawDisk(MiBs(1))],
    ['ubuntu-24.04-server', 'disk', rawDisk(MiBs(1))],
    ['debian-13-cloud', 'disk', rawDisk(MiBs(1))],
  ] as const;
  await world.admin.createImage({ body: { name: 'windows-server-2025', kind: 'iso', sizeBytes: 6 * GiB } });
  for (const [name, kind, bytes] of files) await upload(world, { name, kind, bytes });
  await waitFor(async () => {
    const { items } = await world.admin.listImages();
    return items.every(({ name, state }) => name === 'windows-server-2025' || state === 'ready' || state === 'failed');
  });
}

/** Its check has begun when this resolves. */
async function upload(
  world: World,
  { bytes, ...image }: { name: string; kind: 'disk' | 'iso'; bytes: Buffer },
): Promise<void> {
  const { uploadUrl } = await world.admin.createImage({ body: { ...image, sizeBytes: bytes.length } });
  const headers = {
    authorization: `Bearer ${world.adminToken}`,
    'tus-resumable': '1.0.0',
    'upload-offset': '0',
    'content-type': 'application/offset+octet-stream',
  };
  const { pathname } = new URL(uploadUrl ?? '', world.url);
  const { status } = await insecureFetch(`${world.url}${pathname}`, {
    method: 'PATCH',
    headers,
    body: new Uint8Array(bytes),
  });
  if (status !== 204) throw new Error(`The upload of ${image.name} was answered with ${status}`);
}

/** In the order of their names on the list: the first is the newest. Some are shut down. Those that tests rely on are always there. */
export async function addInstances(world: World, count: number): Promise<void> {
  const { admin } = world;
  const names = Array.from({ length: Math.max(count, sentinels.length) }, (_, index) => nameOf(index));
  const create = (name: string, more: Partial<CreateInstance> = {}) =>
    admin.createInstance({
      body: {
        ...{ name, cores: 1, memoryBytes: 2 * GiB, disks: [{ sizeBytes: 10 * GiB, image: 'debian-13-cloud' }] },
        start: !isStopped(name),
        ...more,
      },
    });
  const operations = [await create('lost-1', { computePool: 'performance' })];
  for (const name of names.reverse()) operations.push(await create(name));
  await Promise.all(operations.map((operation) => ended(world, operation)));
  const crashed = await admin.getInstance({ params: { id: 'crashed-1' } });
  world.server(crashed.node?.name ?? '').host.crash(crashed.id);
}

/** The first ones have names that tests and screens rely on. */
const sentinels = ['web-1', 'database-1', '测试机-01', 'crashed-1'];
const nameOf = (index: number) => sentinels[index] ?? `${roles[index % roles.length]}-${index}`;
const isStopped = (name: string) => name === '测试机-01' || /-(?:9|19|29)$/.test(name);

export async function untilOnline(world: World, nodes: number): Promise<void> {
  await waitFor(
    async () => (await world.admin.listNodes()).items.filter(({ state }) => state === 'online').length >= nodes,
    { describe: `${nodes} nodes online` },
  );
}

/** `node-4` is alone in the pool `performance`. */
export async function addPools({ admin }: World): Promise<void> {
  const pools = [
    { name: 'performance', description: '独享处理器，适合数据库', cpuOvercommit: 1 },
    { name: 'lab', description: '', cpuOvercommit: 16 },
  ];
  for (const body of pools) await admin.createComputePool({ body });
  await admin.updateNode({ params: { id: 'node-4' }, body: { computePool: 'performance' } });
}

/** A creation that failed and was undone. */
export async function addFailure(world: World): Promise<void> {
  const body = { name: 'fail-launch-0', cores: 1, memoryBytes: 2 * GiB };
  await ended(world, await world.admin.createInstance({ body }));
}
