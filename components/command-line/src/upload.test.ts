import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, stat, utimes, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Image, type ImageId, MiB } from '@zhiyun/contracts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { forgetBegun, noteBegun, wasBegunWith } from './begun-uploads.ts';
import { uploadFile } from './upload.ts';

const content = randomBytes(5 * MiB);
let directory: string;
let file: string;
/** What the server has, and where each PATCH began. */
let arrived: Buffer[];
let offsets: number[];
/** Cuts the connection of the first requests after so many bytes. */
let cuts: number[];
let refusal: { status: number; detail: string } | undefined;
let server: http.Server;
const size = () => arrived.reduce((sum, { length }) => sum + length, 0);

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'zhiyun-upload-'));
  file = join(directory, 'disk.img');
  await writeFile(file, content);
  [arrived, offsets, cuts, refusal] = [[], [], [], undefined];
  server = http.createServer((request, response) => {
    if (request.method === 'HEAD') {
      response.writeHead(200, { 'upload-offset': size() }).end();
      return;
    }
    if (refusal) {
      response.writeHead(refusal.status).end(JSON.stringify({ code: 'x', detail: refusal.detail }));
      return;
    }
    offsets.push(Number(request.headers['upload-offset']));
    const cut = cuts.shift();
    let taken = 0;
    request.on('data', (chunk: Buffer) => {
      const part = cut === undefined ? chunk : chunk.subarray(0, cut - taken);
      taken += part.length;
      arrived.push(part);
      if (taken === cut) request.socket.destroy();
    });
    request.on('end', () => response.writeHead(204, { 'upload-offset': size() }).end());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await rm(directory, { recursive: true });
});

function upload(): Promise<void> {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const connection = { session: { url, token: 't' }, transport: { agent: new http.Agent({ keepAlive: true }) } };
  const image = { name: 'disk', state: 'uploading', uploadUrl: '/up' } as Image;
  return uploadFile({ file, sizeBytes: content.length, image, connection: connection as never });
}

test('a file arrives whole, and one that is cut goes on from what has arrived', async () => {
  cuts = [1 * MiB, 2 * MiB + 7];
  await upload();
  expect(Buffer.concat(arrived).equals(content)).toBe(true);
  expect(offsets).toEqual([0, 1 * MiB, 3 * MiB + 7]);
});

test('an earlier call has sent the beginning: it is not sent again', async () => {
  arrived = [content.subarray(0, 4 * MiB)];
  await upload();
  expect(offsets).toEqual([4 * MiB]);
  expect(Buffer.concat(arrived).equals(content)).toBe(true);
});

test('what the platform refuses is not tried again, and its words are told', async () => {
  refusal = { status: 403, detail: 'not yours' };
  await expect(upload()).rejects.toThrow(/not yours.*same command again/s);
});

test('only the same file, unchanged, continues an upload', async () => {
  const id = '01890000-0000-7000-8000-00000000face' as ImageId;
  const facts = await stat(file);
  expect(wasBegunWith(id, file, facts)).toBe(false);
  noteBegun(id, file, facts);
  try {
    expect(wasBegunWith(id, file, facts)).toBe(true);
    expect(wasBegunWith(id, join(directory, 'other.img'), facts)).toBe(false);
    await utimes(file, 1, 1);
    expect(wasBegunWith(id, file, await stat(file))).toBe(false);
  } finally {
    forgetBegun(id);
  }
  expect(wasBegunWith(id, file, facts)).toBe(false);
});
