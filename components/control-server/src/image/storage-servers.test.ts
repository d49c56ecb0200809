import type { ComponentId } from '@zhiyun/contracts';
import { newId } from '@zhiyun/kernel';
import { expect, it } from 'vitest';
import { mostRoom } from './storage-servers.ts';

const room = (name: string, freeBytes: number) => ({ id: newId<ComponentId>(), name, freeBytes });

it('an image goes where the most room is', () => {
  expect(mostRoom([room('a', 10), room('b', 30), room('c', 20)], 25).name).toBe('b');
});

it('says who has the most when nobody has enough, and when nobody is there', () => {
  const choose = () => mostRoom([room('a', -5), room('b', 2048)], 4096);
  expect(choose).toThrow('No Storage Server has room for 4 KiB: the most, 2 KiB, has «b»');
  expect(() => mostRoom([], 1)).toThrow('No Storage Server that takes images is online');
});
