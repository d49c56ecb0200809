import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { skippable, unmet } from '@zhiyun/testkit';
import { expect, test } from 'vitest';
import { connectUnix } from './connect-unix.ts';
import { machineFiles, prepareMachineFiles, removeRunFiles } from './machine-files.ts';
import { wayTo } from './short-way.ts';

test('what fits goes straight', () => {
  const files = machineFiles('/var/lib/zhiyun/node-client/instances/018f0000-0000-7000-8000-00000000d001');
  expect(files.serial).toBe(join(files.run, 'serial.sock'));
});

test('each long directory has a way of its own, which fits', () => {
  const long = (name: string) => `/srv/${'d'.repeat(120)}/${name}`;
  const [one, other] = [wayTo(long('a'), 'serial.sock'), wayTo(long('b'), 'serial.sock')];
  expect(one).not.toBe(other);
  expect(one.length + '/serial.sock'.length).toBeLessThan(107);
});

const noRoot = unmet({ rootFor: 'a link in /run' });
test.skipIf(noRoot)(
  skippable('sockets below a long path are made and reached, lie where they belong, and leave no way behind', noRoot),
  async () => {
    const parent = await mkdtemp(join(tmpdir(), 'zhiyun-way-'));
    try {
      const directory = join(parent, 'd'.repeat(110));
      await mkdir(directory);
      const files = machineFiles(directory);
      await prepareMachineFiles(files, null);
      const server = createServer((socket) => socket.end()).listen(files.monitor);
      (await connectUnix(files.monitor)).destroy();
      expect(await readdir(files.run)).toEqual(['qmp.sock']);
      server.close();
      await removeRunFiles(files);
      await expect(connectUnix(files.monitor)).rejects.toThrow('ENOENT');
      expect(await readdir('/run/zhiyun-machines')).not.toContain(files.monitor.split('/')[3]);
    } finally {
      await rm(parent, { recursive: true });
    }
  },
);
