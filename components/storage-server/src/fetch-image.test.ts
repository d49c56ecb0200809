/** An image goes from one Storage Server to another by themselves; whoever orders it only gives the ticket. */
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { type ImageId, MiB } from '@zhiyun/contracts';
import { type CheckedImage, storageServerLink } from '@zhiyun/contracts/links';
import { newId, PlatformError, silentLogger, systemClock } from '@zhiyun/kernel';
import { createMemoryDomain, type Member, type MemoryDomain, type Peer } from '@zhiyun/link';
import type { Component } from '@zhiyun/service';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createStorageServer } from './index.ts';
import { noise } from './testing/storage-domain.ts';

const id = newId<ImageId>();
/** With a hole in the middle. */
const bytes = Buffer.concat([noise(2 * MiB), Buffer.alloc(8 * MiB), noise(MiB)]);
let home: string;
let domain: MemoryDomain;
let control: Member;
let servers: { member: Member; component: Component; peer: Peer }[];
let image: CheckedImage & { id: ImageId };

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'zhiyun-fetch-'));
  domain = createMemoryDomain();
  control = domain.join({ type: 'control-server', name: 'control' });
  const members = ['first', 'second', 'third'].map((name) => domain.join({ type: 'storage-server', name }));
  servers = [];
  for (const member of members) {
    const component = await createStorageServer({
      member,
      home: join(home, member.name),
      clock: systemClock,
      log: silentLogger,
    });
    await component.start();
    servers.push({ member, component, peer: undefined as never });
  }
  await control.start();
  for (const server of servers) {
    await vi.waitUntil(() => control.peer(server.member.id)?.state === 'online');
    server.peer = control.peer(server.member.id) as Peer;
  }
  const path = join(home, 'source.raw');
  await writeFile(path, bytes);
  image = { id, ...(await calls(0).importFile({ imageId: id, kind: 'disk', path })) };
});
afterEach(async () => {
  for (const { component } of servers) await component.stop();
  await control[Symbol.asyncDispose]();
  await rm(home, { recursive: true });
});

function server(index: number) {
  const found = servers[index];
  if (!found) throw new Error('there is none');
  return found;
}
const calls = (index: number) => server(index).peer.as(storageServerLink);
const from = () => ({ id: server(0).member.id, name: 'first', endpoint: server(0).peer.endpoint });
const offer = (reader: number) => calls(0).offerImage({ imageId: id, reader: server(reader).member.id });
const imagePath = (index: number) => join(home, server(index).member.name, 'storage-server', 'images', id);

test('it arrives whole, checked, with its holes and its progress; again, no byte is read', async () => {
  const { ticket } = await offer(1);
  const progress: number[] = [];
  const onProgress = (fraction: number) => progress.push(fraction);
  const { id: _, ...checked } = image;
  expect(await calls(1).fetchImage({ image, from: from(), ticket }, { onProgress })).toEqual(checked);
  expect((await readFile(imagePath(1))).equals(bytes)).toBe(true);
  expect((await stat(imagePath(1))).blocks * 512).toBeLessThan(bytes.length / 2);
  expect(progress.length).toBeGreaterThan(0);
  // The ticket is used up, and nobody asks for it.
  expect(await calls(1).fetchImage({ image, from: from(), ticket })).toEqual(checked);
});

test('a ticket is good for its reader alone, and once', async () => {
  const { ticket } = await offer(1);
  await expect(calls(2).fetchImage({ image, from: from(), ticket })).rejects.toMatchObject({ code: 'ticket-invalid' });
  await calls(1).fetchImage({ image, from: from(), ticket });
  await calls(1).removeImage({ imageId: id });
  await expect(calls(1).fetchImage({ image, from: from(), ticket })).rejects.toMatchObject({ code: 'ticket-invalid' });
  for (const index of [1, 2])
    expect(await readdir(join(home, server(index).member.name, 'storage-server', 'incoming'))).toEqual([]);
});

test('no ticket is given for what is not there, nor to anybody but a Control Server', async () => {
  const other = newId<ImageId>();
  await expect(calls(0).offerImage({ imageId: other, reader: server(1).member.id })).rejects.toMatchObject({
    code: 'not-found',
  });
  await using met = await server(1).member.meet(from(), new AbortController().signal);
  const first = met.as(storageServerLink);
  await expect(first.offerImage({ imageId: id, reader: server(1).member.id })).rejects.toMatchObject({
    code: 'forbidden',
  });
  const pipe = first.readImage({ imageId: id, offsetBytes: 0 }).then((stream) => buffer(stream));
  await expect(pipe).rejects.toMatchObject({ code: 'forbidden' });
});

test('other bytes than were announced are refused, and leave nothing', async () => {
  const wrongs = [
    { ...image, sha256: 'f'.repeat(64) },
    { ...image, sizeBytes: image.sizeBytes - 512, virtualSizeBytes: image.sizeBytes - 512 },
    { ...image, sizeBytes: image.sizeBytes + 512, virtualSizeBytes: image.sizeBytes + 512 },
  ];
  for (const wrong of wrongs) {
    const { ticket } = await offer(1);
    const fetching = calls(1).fetchImage({ image: wrong, from: from(), ticket });
    await expect(fetching).rejects.toMatchObject({ code: 'checksum-mismatch' });
    expect(await calls(1).listImages({})).toMatchObject({ images: [] });
    expect(await readdir(join(home, 'second', 'storage-server', 'incoming'))).toEqual([]);
  }
});

/** Begins a piece and never ends it. */
async function stallingGiver() {
  const member = domain.join({ type: 'storage-server', name: 'stalling' });
  const readOffered = async (_params: unknown, bytes: Duplex) => {
    bytes.write(Buffer.alloc(8));
    await once(bytes, 'close');
  };
  const others = Object.keys(storageServerLink.methods).map((name) => [name, () => Promise.reject(new Error())]);
  member.serve(storageServerLink, { ...Object.fromEntries(others), readOffered });
  await member.start();
  return { member, from: { id: member.id, name: member.name, endpoint: server(0).peer.endpoint }, ticket: 'any' };
}
const incoming = () => readdir(join(home, 'second', 'storage-server', 'incoming'));

test('who gives up in the middle leaves nothing, and the image is free for the next', async () => {
  const { member, ...from } = await stallingGiver();
  const giveUp = new AbortController();
  const fetching = calls(1).fetchImage({ image, ...from }, { signal: giveUp.signal });
  fetching.catch(() => {});
  await vi.waitUntil(async () => (await incoming()).length === 1);
  giveUp.abort(new PlatformError('cancelled', 'Never mind.'));
  await expect(fetching).rejects.toMatchObject({ code: 'cancelled' });
  await calls(1).removeImage({ imageId: id }, { timeoutMs: 2_000 });
  expect(await incoming()).toEqual([]);
  await member[Symbol.asyncDispose]();
});

test('a giver that is lost in the middle fails the copy as a lost link, and leaves nothing', async () => {
  const { member, ...from } = await stallingGiver();
  const fetching = calls(1).fetchImage({ image, ...from });
  fetching.catch(() => {});
  await vi.waitUntil(async () => (await incoming()).length === 1);
  await domain.kill(member);
  await expect(fetching).rejects.toMatchObject({ code: 'unavailable' });
  expect(await incoming()).toEqual([]);
  expect(await calls(1).listImages({})).toMatchObject({ images: [] });
});

test('one that cannot be reached is told as that, and leaves nothing', async () => {
  const { ticket } = await offer(1);
  domain.cut(server(0).member, server(1).member);
  await expect(calls(1).fetchImage({ image, from: from(), ticket })).rejects.toMatchObject({
    code: 'storage-unreachable',
    message: expect.stringContaining('first'),
  });
  expect(await calls(1).listImages({})).toMatchObject({ images: [] });
});
