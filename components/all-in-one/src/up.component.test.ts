/** Commands of the host, typed: what they leave behind, what they remember, what others can see of them. */
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { skippable, unmet, waitFor } from '@zhiyun/testkit';
import { expect, test } from 'vitest';
import { listeningOf, testHome, typed } from './testing/run-host.ts';

// Each command is a process that must load; on a busy machine that takes a while.
const patience = { timeout: 240_000 };

test('up on a port that another program has says so, and makes nothing', patience, async () => {
  await using there = await testHome();
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  for (const more of [[], ['--detach']]) {
    const { code, err } = await there.zhiyun('up', '--simulated', '--listen', `127.0.0.1:${port}`, ...more);
    expect(err).toContain(`Another program listens on 127.0.0.1:${port} already.`);
    expect(code).toBe(1);
    expect(existsSync(there.home)).toBe(false);
  }
  other.close();
});

test('an address of another machine, or none, is named before anything is made', patience, async () => {
  await using there = await testHome();
  const foreign = await there.zhiyun('up', '--simulated', '--listen', '192.0.2.77:9443');
  expect(foreign).toMatchObject({ code: 1, err: expect.stringContaining('no address 192.0.2.77:9443') });
  const wrong = await there.zhiyun('up', '--simulated', '--listen', '127.0.0.1:0', '--link-listen', 'a b');
  expect(wrong).toMatchObject({ code: 1, err: expect.stringContaining('--link-listen "a b"') });
  expect(existsSync(there.home)).toBe(false);
});

const noRoot = unmet({ rootFor: 'a socket in /run' });
test.skipIf(noRoot)(
  skippable('a home with a long path; listens where told, links too; and remembers it', noRoot),
  patience,
  async () => {
    await using there = await testHome(112);
    const first = await there.zhiyun('up', '--simulated', '--listen', '127.0.0.1:0', '--detach');
    expect(first.err).not.toContain('EINVAL');
    expect(first.code).toBe(0);
    expect(first.out).toContain('listens on 127.0.0.1:0, and does so at every later start');
    expect(first.out).toContain('other servers cannot join');
    const facts = async () => JSON.parse((await there.zhiyun('status', '--json')).out) as { pid: number; url: string };
    const loopback = '0100007F';
    // The gateway, and a listener for each of the five roles but the gateway's own links.
    expect(new Set(await listeningOf((await facts()).pid))).toEqual(new Set([loopback]));

    expect((await there.zhiyun('down')).out).toBe('stopped\n');
    const again = await there.zhiyun('up', '--detach');
    expect(again.code).toBe(0);
    expect(again.out).toContain('listens on 127.0.0.1:0, as told before');
    expect(again.out).toContain('only pretended');
    expect((await facts()).url).toMatch(/^https:\/\/127\.0\.0\.1:/);
    expect(new Set(await listeningOf((await facts()).pid))).toEqual(new Set([loopback]));
    const output = join(there.home, 'log', 'output.log');
    expect((await stat(output)).mode & 0o077).toBe(0);
    expect(await readFile(output, 'utf8')).toBe('');
    await there.zhiyun('down');
  },
);

test(
  'a join token is read from a file or standard input; when it was typed, nobody else can read it',
  patience,
  async () => {
    await using there = await testHome();
    const nowhere = ['--role', 'node-client', '--data', '127.0.0.1:1', '--simulated'];
    expect((await there.zhiyun('join', ...nowhere, '--token-file', join(dirname(there.home), 'none'))).err).toMatch(
      /cannot be read from .*ENOENT/,
    );
    const fromInput = await typed(['join', '--home', there.home, ...nowhere, '--token', '-'], { input: 'no token\n' });
    expect(fromInput.err).toContain('This is not a join token');
    expect((await typed(['join', '--home', there.home, ...nowhere, '--token', '-'])).err).toContain('standard input');
    const secret = 'zy1.a-secret-of-the-domain';
    await typed(['join', '--home', there.home, ...nowhere, '--token', secret], {
      seen: async (pid) => {
        const shown = () => readFile(`/proc/${pid}/cmdline`, 'utf8');
        await waitFor(async () => !(await shown()).includes(secret), { describe: 'the token to be wiped' });
        expect(await shown()).toContain('--token -');
      },
    });
  },
);
