import { GiB, type ImageId, type ImageKind, type ImageState, type InstanceState, MiB } from '@zhiyun/contracts';
import { newId } from '@zhiyun/kernel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestPlatform, type TestPlatform } from './test-platform.ts';

let platform: TestPlatform;
beforeAll(async () => {
  platform = await startTestPlatform();
  await platform.addNode('node-1');
  await platform.addNode('node-2', { memoryBytes: 64 * GiB });
  await addImage('debian', 'disk', 'ready');
  await addImage('installer', 'iso', 'ready');
  await addImage('broken', 'disk', 'failed');
});
afterAll(() => platform[Symbol.asyncDispose]());

async function addImage(name: string, kind: ImageKind, state: ImageState): Promise<void> {
  const format = kind === 'iso' ? 'iso9660' : 'qcow2';
  const checked = { format, virtual_size_bytes: 2 * GiB, sha256: 'a'.repeat(64) } as const;
  await platform.store.db
    .insertInto('image')
    .values({ id: newId<ImageId>(), name, kind, state, size_bytes: MiB, created_at: new Date(), ...checked })
    .execute();
}

const basic = { cores: 1, memoryBytes: 64 * MiB, disks: [], start: false };
const create = async (name: string, more: object = {}) =>
  platform.ended(await platform.call('createInstance', { body: { ...basic, name, ...more } }));

async function names(query: object, limit = 50): Promise<string[]> {
  const whole = { limit, sort: 'name' as const, ...query };
  return (await platform.call('listInstances', { query: whole })).items.map(({ name }) => name);
}

it('says how many fit, on whatever page, when it is asked', async () => {
  for (const name of ['counted-1', 'counted-2', 'counted-3']) await create(name);
  const list = (query: object) =>
    platform.call('listInstances', { query: { limit: 1, sort: 'name', ...query } as never });
  const first = await list({ search: 'counted', total: 'true' });
  expect(first).toMatchObject({ total: 3, items: [{ name: 'counted-1' }] });
  expect(await list({ search: 'counted', total: 'true', cursor: first.nextCursor })).toMatchObject({ total: 3 });
  expect(await list({ search: 'counted', state: 'running', total: 'true' })).toMatchObject({ total: 0 });
  expect((await list({ total: 'true' })).total).toBeGreaterThanOrEqual(3);
  expect(await list({})).not.toHaveProperty('total');
  for (const id of ['counted-1', 'counted-2', 'counted-3']) {
    await platform.ended(await platform.call('deleteInstance', { params: { id } }));
  }
});

describe('images of a new instance', () => {
  it.each([
    ['an ISO as a disk', { disks: [{ sizeBytes: 4 * GiB, image: 'installer' }] }, 'image-wrong-kind', 'disks.0.image'],
    ['a disk image as ISO', { iso: 'debian' }, 'image-wrong-kind', 'iso'],
    ['one that is not ready', { disks: [{ sizeBytes: 4 * GiB, image: 'broken' }] }, 'image-not-ready', 'disks.0.image'],
    ['too small a disk', { disks: [{ sizeBytes: 1 * GiB, image: 'debian' }] }, 'invalid-request', 'disks.0.sizeBytes'],
  ])('%s is refused with its field', async (_, more, code, path) => {
    await expect(create('refused', more)).rejects.toMatchObject({ code, errors: [{ path }] });
  });

  it('are shown with it, and cannot be deleted under it', async () => {
    const more = { disks: [{ sizeBytes: 4 * GiB, image: 'debian' }, { sizeBytes: GiB }], iso: 'installer' };
    expect(await create('from-image', more)).toMatchObject({ state: 'succeeded' });
    expect(await platform.call('getInstance', { params: { id: 'from-image' } })).toMatchObject({
      disks: [
        { sizeBytes: 4 * GiB, image: { name: 'debian' } },
        { sizeBytes: GiB, image: null },
      ],
      iso: { name: 'installer' },
    });
    const removal = platform.store.db.deleteFrom('image').where('name', '=', 'debian').execute();
    await expect(removal).rejects.toThrow('disk_image_id_fkey');
    expect(await names({ image: 'debian' })).toEqual(['from-image']);
    expect(await names({ image: 'installer' })).toEqual(['from-image']);
  });
});

describe('the list', () => {
  beforeAll(async () => {
    for (const name of ['alpha', 'Beta', 'gamma_1', 'gamma-2', '云主机']) await create(name);
  });
  const all = ['Beta', 'alpha', 'from-image', 'gamma-2', 'gamma_1', '云主机'];

  it('is paged without gap or repetition in every order', async () => {
    for (const sort of ['name', '-name', 'createdAt', '-createdAt'] as const) {
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await platform.call('listInstances', { query: { limit: 2, sort, cursor } });
        seen.push(...page.items.map(({ name }) => name));
        cursor = page.nextCursor ?? undefined;
      } while (cursor !== undefined);
      expect(seen.toSorted()).toEqual(all);
      if (sort === 'name') expect(seen).toEqual(all);
      if (sort === '-createdAt') expect(seen[0]).toBe('云主机');
    }
  });

  it('refuses the cursor of another order', async () => {
    const { nextCursor } = await platform.call('listInstances', { query: { limit: 2, sort: 'name' } });
    const other = platform.call('listInstances', { query: { limit: 2, sort: '-name', cursor: nextCursor ?? '' } });
    await expect(other).rejects.toMatchObject({ code: 'invalid-request', errors: [{ path: 'cursor' }] });
  });

  it.each<[object, string[]]>([
    [{ search: 'BETA' }, ['Beta']],
    [{ search: 'mma' }, ['gamma-2', 'gamma_1']],
    [{ search: '_' }, ['gamma_1']],
    [{ search: '%' }, []],
    [{ search: '主机' }, ['云主机']],
    [{ state: 'stopped' satisfies InstanceState, search: 'alp' }, ['alpha']],
    [{ state: 'running' satisfies InstanceState }, []],
    [{ computePool: 'default', search: 'alp' }, ['alpha']],
  ])('finds %o', async (query, found) => {
    expect(await names(query)).toEqual(found);
  });

  it('is searched by id, by MAC address and by address, also after these have changed', async () => {
    const [alpha] = (await platform.call('listInstances', { query: { limit: 1, sort: 'name', search: 'alpha' } }))
      .items;
    if (!alpha?.macAddress) throw new Error('alpha is not there');
    const { id, macAddress } = alpha;
    const parts = [
      id,
      id.slice(0, -1),
      id.toUpperCase(),
      macAddress,
      macAddress.toUpperCase(),
      macAddress.slice(3, -1),
    ];
    for (const part of parts) expect(await names({ search: part }), part).toContain('alpha');
    expect(await names({ search: `${id.slice(0, -1)}${id.endsWith('0') ? '1' : '0'}` })).toEqual([]);
    const at = (address: string | null) =>
      platform.store.db.updateTable('instance').set({ address }).where('id', '=', id).execute();
    await at('100.64.7.33');
    for (const part of ['100.64.7.33', '64.7.3', '.7.33', '7.33'])
      expect(await names({ search: part })).toEqual(['alpha']);
    expect(await names({ search: '4.7.33' })).toEqual([]);
    await at('100.64.7.40');
    expect(await names({ search: '7.33' })).toEqual([]);
    expect(await names({ search: '7.40' })).toEqual(['alpha']);
    await platform.call('updateInstance', { params: { id }, body: { name: 'omega' } });
    expect(await names({ search: 'alph' })).toEqual([]);
    expect(await names({ search: 'mega' })).toEqual(['omega']);
    await platform.call('updateInstance', { params: { id }, body: { name: 'alpha' } });
  });

  it('is filtered by node, and names what is not there', async () => {
    const onNodes = [...(await names({ node: 'node-1' })), ...(await names({ node: 'node-2' }))];
    expect(onNodes.toSorted()).toEqual(all);
    await expect(names({ node: 'node-9' })).rejects.toMatchObject({ errors: [{ path: 'node' }] });
  });
});
