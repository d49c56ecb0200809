/** What the platform makes of bad days: killed in the middle of work, a database that dies, a disk that is full. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MiB, type Operation, operationEnded } from '@zhiyun/contracts';
import { systemClock } from '@zhiyun/kernel';
import { bootable } from '@zhiyun/node-client/hypervisor/testing';
import { skippable, unmet } from '@zhiyun/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { processesWith, qemuProcesses, tracesOf } from './src/leftovers.ts';
import { type Platform, startPlatform, until } from './src/platform.ts';

const missing = unmet({ rootFor: 'networks of guests' });

/** cli; hlt; jmp: a guest that does nothing at once. */
const idleGuest = bootable(Buffer.from([0xfa, 0xf4, 0xeb, 0xfd]));
const small = { cores: 1, memoryBytes: 32 * MiB };

describe.skipIf(missing)(skippable('a platform on a bad day', missing), () => {
  let platform: Platform;
  beforeAll(async () => {
    platform = await startPlatform();
    const directory = await mkdtemp(join(tmpdir(), 'zhiyun-idle-'));
    const file = join(directory, 'idle.img');
    await writeFile(file, Buffer.concat([idleGuest, Buffer.alloc(MiB - idleGuest.length)]));
    const { status, stdout, stderr } = await platform.zhiyun(
      'image',
      'import',
      file,
      '--name',
      'idle',
      '--kind',
      'disk',
    );
    await rm(directory, { recursive: true });
    expect(status, stdout + stderr).toBe(0);
  });
  afterAll(async () => {
    await platform?.[Symbol.asyncDispose]();
  });

  const create = (name: string) =>
    platform.client.createInstance({ body: { ...small, name, disks: [{ sizeBytes: MiB, image: 'idle' }] } });
  const ended = (operation: Operation) =>
    platform.client.getOperation({ params: { id: operation.id }, query: { waitSeconds: 60 } });
  const allEnded = async () => {
    const { items } = await platform.client.listOperations({ query: { active: 'true', limit: 500 } });
    expect(items.filter(({ state }) => state === 'stuck')).toEqual([]);
    return items.every(({ state }) => operationEnded(state));
  };

  test('killed -9 at any moment of a creation: it is whole or it is not there', async () => {
    const made: string[] = [];
    // From «hardly begun» to «surely done»; the moments lie closest where the work is.
    for (const [round, delayMs] of [0, 15, 30, 50, 80, 120, 200].entries()) {
      const operation = await create(`web-${round}`);
      made.push(operation.target.id);
      await systemClock.sleep(delayMs);
      await platform.kill();
      await platform.up();
      await until(allEnded, 'every operation to be resumed or undone');
    }
    const { items: instances } = await platform.client.listInstances({ query: { limit: 500 } });
    const here = new Set(instances.map(({ id }) => id as string));
    for (const id of made.filter((each) => !here.has(each))) expect(await tracesOf(platform.home, id), id).toEqual([]);
    for (const { name, state } of instances) expect(state, name).toBe('running');
    expect(await qemuProcesses(platform.home)).toHaveLength(instances.length);
    const [node] = (await platform.client.listNodes()).items;
    expect(node?.capacity.memoryBytes.promised).toBe(instances.length * small.memoryBytes);
  });

  test('killed -9 while deleting: nothing is left of what was deleted', async () => {
    const { items: instances } = await platform.client.listInstances({ query: { limit: 500 } });
    for (const { id } of instances) await platform.client.deleteInstance({ params: { id } });
    await platform.kill();
    await platform.up();
    await until(allEnded, 'every operation to be resumed or undone');
    for (const { id } of (await platform.client.listInstances()).items)
      await ended(await platform.client.deleteInstance({ params: { id } }));
    for (const { id } of instances) expect(await tracesOf(platform.home, id), id).toEqual([]);
    expect(await qemuProcesses(platform.home)).toEqual([]);
    const [node] = (await platform.client.listNodes()).items;
    expect(node?.capacity.memoryBytes.promised).toBe(0);
    expect(node?.capacity.cores.promised).toBe(0);
  });

  test('the database is killed -9: it is back by itself, and nobody else has noticed', async () => {
    const operation = await ended(await create('steady'));
    expect(operation.state, JSON.stringify(operation.error)).toBe('succeeded');
    const postmaster = async () =>
      (await processesWith(join(platform.home, 'postgres', 'data'))).find(({ command }) =>
        command.includes('/postgres '),
      );
    const before = await postmaster();
    process.kill(before?.pid ?? 0, 'SIGKILL');
    // Servers of single connections outlive their postmaster for a moment, and still answer: only another one is «back».
    await until(async () => {
      const after = await postmaster();
      return after !== undefined && after.pid !== before?.pid;
    }, 'another database server');
    await until(
      async () => (await platform.client.getInstance({ params: { id: 'steady' } })).state === 'running',
      'REST to answer again',
    );
    const again = await ended(await create('after'));
    expect(again.state, JSON.stringify(again.error)).toBe('succeeded');
  });

  test('the DHCP server is killed -9: it is back by itself', async () => {
    const dnsmasq = async () =>
      (await processesWith(join(platform.home, 'node-client', 'network'))).filter(({ command }) =>
        command.startsWith('dnsmasq'),
      );
    const [before] = await dnsmasq();
    process.kill(before?.pid ?? 0, 'SIGKILL');
    await until(async () => {
      const [after] = await dnsmasq();
      return after !== undefined && after.pid !== before?.pid;
    }, 'another DHCP server');
  });

  test('the disk is full while creating: undone and said', async () => {
    const instances = join(platform.home, 'node-client', 'instances');
    // These guests do not listen to the power button.
    for (const id of ['steady', 'after']) await ended(await platform.client.killInstance({ params: { id } }));
    await platform.down('--instances');
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16k,mode=711', 'tmpfs', instances]);
    try {
      await platform.up();
      const operation = await ended(await create('too-much'));
      expect(operation).toMatchObject({ state: 'failed', error: { code: 'disk-full' } });
      expect(operation.error?.detail).toMatch(/disk of the node is full: .* needed, .* free/);
      // Where the platform keeps its files is for its log.
      expect(operation.error?.detail).not.toContain(platform.home);
      expect(await tracesOf(platform.home, operation.target.id)).toEqual([]);
      await expect(platform.client.getInstance({ params: { id: 'too-much' } })).rejects.toMatchObject({
        problem: { code: 'not-found' },
      });
    } finally {
      await platform.down();
      execFileSync('umount', [instances]);
      await platform.up();
    }
  });

  test('the log tells no secret', async () => {
    const log = await readFile(join(platform.home, 'log', 'platform.log'), 'utf8');
    expect(log).not.toContain(platform.password);
    expect(log).not.toContain(platform.token);
  });
});
