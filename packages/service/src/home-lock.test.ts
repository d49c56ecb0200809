import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lockHome } from './home-lock.ts';
import { identifyProcess } from './process-identity.ts';

async function inDirectory(body: (directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'zhiyun-lock-'));
  try {
    await body(directory);
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** A process that takes the lock and waits to be killed. */
async function holderOf(directory: string) {
  const script = `const { lockHome } = await import(${JSON.stringify(join(import.meta.dirname, 'home-lock.ts'))}); await lockHome(${JSON.stringify(directory)}); console.log('locked'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}

test('a second process is refused with the pid of the first; killed -9, its lock is dead', async () => {
  await inDirectory(async (directory) => {
    const child = await holderOf(directory);
    await expect(lockHome(directory)).rejects.toThrow(`pid ${child.pid}`);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await (await lockHome(directory))[Symbol.asyncDispose]();
    await (await lockHome(directory))[Symbol.asyncDispose]();
    expect(await readdir(directory)).toHaveLength(1);
  });
});

test('an old pid that another process has now does not count', async () => {
  await inDirectory(async (directory) => {
    const stranger = { pid: process.pid, startTicks: '1', bootId: 'not-this-boot' };
    await writeFile(join(directory, 'lock.7'), JSON.stringify(stranger));
    await (await lockHome(directory))[Symbol.asyncDispose]();
  });
});

test('of many who come at once exactly one gets it', async () => {
  await inDirectory(async (directory) => {
    const locks = await Promise.allSettled(Array.from({ length: 10 }, () => lockHome(directory)));
    expect(locks.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});

test('of many who find a dead lock exactly one gets it', async () => {
  await inDirectory(async (directory) => {
    for (let round = 0; round < 20; round++) {
      const locks = await Promise.allSettled(Array.from({ length: 8 }, () => lockHome(directory)));
      const taken = locks.filter((lock) => lock.status === 'fulfilled');
      expect(taken).toHaveLength(1);
      await taken[0]?.value[Symbol.asyncDispose]();
    }
  });
});

test('a lock as the first release wrote it counts while its process lives', async () => {
  await inDirectory(async (directory) => {
    const golden = JSON.parse(await readFile(join(import.meta.dirname, 'golden/lock.json'), 'utf8')) as object;
    const me = await identifyProcess(process.pid);
    const alive = Object.fromEntries(Object.keys(golden).map((key) => [key, me?.[key as keyof typeof me]]));
    await writeFile(join(directory, 'lock.1'), JSON.stringify(alive));
    await expect(lockHome(directory)).rejects.toThrow(`pid ${process.pid}`);
  });
});

test.each(['{"version": 2, "holder": {"pid": 1}}', 'not JSON'])(
  'a lock that cannot be read is not taken: %s',
  async (text) => {
    await inDirectory(async (directory) => {
      await writeFile(join(directory, 'lock.1'), text);
      await expect(lockHome(directory)).rejects.toMatchObject({
        code: 'in-use',
        message: expect.stringMatching(/remove/),
      });
      expect(await readdir(directory)).toEqual(['lock.1']);
    });
  },
);
