import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { askHost, serveLocalControl } from './local-control.ts';

const nothing = async () => {};

test('no answer keeps its connection: whoever stops does not wait for those who have asked', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'zhiyun-control-'));
  const socketPath = join(directory, 's');
  try {
    const server = await serveLocalControl(socketPath, {
      info: () => undefined,
      orders: { stop: nothing, join: nothing, 'database-move': nothing },
    });
    const { promise, resolve } = Promise.withResolvers<string | undefined>();
    request({ socketPath, path: '/status' }, (answer) => resolve(answer.resume().headers.connection)).end();
    expect(await promise).toBe('close');
    expect(await askHost(socketPath, 'stop', { instances: false }, () => {})).toBe(true);
    server.close();
  } finally {
    await rm(directory, { recursive: true });
  }
});

test('a path that no socket can have is refused with a sentence', async () => {
  const path = join('/tmp', 'x'.repeat(120));
  const control = { info: () => undefined, orders: { stop: nothing, join: nothing, 'database-move': nothing } };
  await expect(serveLocalControl(path, control)).rejects.toThrow('Choose a shorter --home');
});
