import type { Event } from '@zhiyun/contracts';
import { expect, it } from 'vitest';
import { joinCommand, joinedSince } from './join-command.tsx';

it('is one line to type', () => {
  expect(joinCommand({ roles: ['node-client', 'storage-server'] })).toBe(
    './zhiyun join --token - --role node-client,storage-server --detach',
  );
});

it('tells who has joined since, each once and in their order', () => {
  const event = (seq: number, id: string, minute: number) =>
    ({ seq, at: `2026-11-22T12:0${minute}:00Z`, subject: { kind: 'node', id, name: id } }) as unknown as Event;
  const events = [event(5, 'b', 3), event(4, 'a', 2), event(1, 'old', 0), event(6, 'a', 4)];
  expect(joinedSince(events, '2026-11-22T12:01:00Z').map(({ id }) => id)).toEqual(['a', 'b']);
});
