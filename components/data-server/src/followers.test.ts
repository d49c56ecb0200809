import type { ComponentId } from '@zhiyun/contracts';
import type { ComponentRecord, ComponentType } from '@zhiyun/contracts/links';
import { newId } from '@zhiyun/kernel';
import { expect, test } from 'vitest';
import { Followers } from './followers.ts';

function record(type: ComponentType, state: ComponentRecord['state'] = 'online'): ComponentRecord {
  const endpoint = { hosts: ['192.0.2.1'], port: 1, machine: 'here' };
  return { id: newId<ComponentId>(), type, name: type, endpoint, state };
}

test('a change is told to associated types only, as one object for all of a type', async () => {
  const followers = new Followers();
  using one = followers.add('node-client');
  using other = followers.add('node-client');
  using router = followers.add('intelligent-router');
  const storage = record('storage-server');
  const control = record('control-server');
  followers.tell({ records: [storage], removed: [] });
  followers.tell({ records: [control], removed: [] });
  expect((await one.items().next()).value?.associates).toEqual([storage, control]);
  expect((await router.items().next()).value?.associates).toEqual([control]);
  followers.tell({ records: [control], removed: [] });
  const shared = await other.items().next();
  expect(shared.value?.associates).toEqual([storage, control]);
  followers.tell({ records: [storage], removed: [] });
  const [a, b] = await Promise.all([other.items().next(), one.items().next()]);
  expect(a.value).toMatchObject({ whole: false, associates: [storage] });
  expect(b.value?.associates).toEqual([control, storage]);
});

test('who is behind gets the last of each component, also after very many changes', async () => {
  const followers = new Followers();
  using slow = followers.add('control-server');
  const node = record('node-client');
  const gone = record('node-client');
  for (let change = 0; change < 1_000; change++) {
    followers.tell({ records: [{ ...node, name: `n${change}` }, gone], removed: [] });
  }
  followers.tell({ records: [], removed: [gone.id] });
  expect((await slow.items().next()).value).toEqual({
    whole: false,
    associates: [{ ...node, name: 'n999' }],
    removed: [gone.id],
  });
});

test('the end is told with its reason, also to who waits', async () => {
  const followers = new Followers();
  using clean = followers.add('node-client');
  using cut = followers.add('node-client');
  const waiting = [clean.items().next(), cut.items().next()];
  clean.end();
  cut.end(new Error('removed'));
  await expect(waiting[0]).resolves.toEqual({ done: true, value: undefined });
  await expect(waiting[1]).rejects.toThrow('removed');
});
