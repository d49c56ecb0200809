import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Answer, runCli } from '../testing/run-cli.ts';
import { at, page } from '../testing/samples.ts';

const publicKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKNkKpYBnFzlqhjBjvyCpFq0mSbbbWmqSPlAGZ0Kw9Bn ann@laptop';
const fingerprint = 'SHA256:5ugZ1ShrKtuIhuBXQjpnhIWDT2lFmhUVQ9VdzxNRB2M';
const key = (name: string) => ({
  id: `id-of-${name}`,
  name,
  type: 'ssh-ed25519',
  fingerprint,
  publicKey,
  createdAt: at,
});
const privateKey = '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA\n-----END OPENSSH PRIVATE KEY-----\n';

async function fileOf(content: string): Promise<{ path: string } & AsyncDisposable> {
  const directory = await mkdtemp(join(tmpdir(), 'zhiyun-key-'));
  const path = join(directory, 'id.pub');
  await writeFile(path, content);
  return { path, [Symbol.asyncDispose]: () => rm(directory, { recursive: true }) };
}

test('keys are listed, shown and deleted by what their kind declares', async () => {
  const list: Answer = () => page(key('laptop'));
  const { out, asked } = await runCli(['ssh-key', 'list'], list);
  expect(asked).toMatchObject([{ call: 'GET /ssh-keys?limit=500' }]);
  expect(out).toMatch(/^NAME +.*FINGERPRINT +/);
  expect(out).toMatch(/^laptop +.*SHA256:5ugZ1ShrKtuIhuBXQjpnhIWDT2lFmhUVQ9VdzxNRB2M +/m);
  const chinese = await runCli(['ssh-key', 'list'], list, { env: { LC_ALL: 'zh_CN.UTF-8' } });
  expect(chinese.out).toMatch(/^名称 +.*指纹 +/);
  expect(JSON.parse((await runCli(['ssh-key', 'list', '--json'], list)).out)).toEqual(page(key('laptop')).body);

  const shown = await runCli(['ssh-key', 'show', 'laptop'], () => ({ body: key('laptop') }));
  expect(shown.out).toMatch(/^fingerprint +SHA256:/m);
  expect(shown.asked).toMatchObject([{ call: 'GET /ssh-keys/laptop' }]);

  const deleted = await runCli(['ssh-key', 'delete', 'a', 'b'], () => ({ status: 204 }));
  expect(deleted.asked.map(({ call }) => call).sort()).toEqual(['DELETE /ssh-keys/a', 'DELETE /ssh-keys/b']);
  expect(deleted.out).toContain('deleted a');
});

test('an empty list is said in both languages', async () => {
  expect((await runCli(['ssh-key', 'list'], () => page())).out).toBe('No SSH key yet.\n');
  const env = { LC_ALL: 'zh_CN.UTF-8' };
  expect((await runCli(['ssh-key', 'list'], () => page(), { env })).out).toBe('还没有 SSH 密钥。\n');
});

test('a key is made of a file, or of standard input', async () => {
  const made: Answer = () => ({ status: 201, body: key('laptop') });
  await using file = await fileOf(`${publicKey}\n`);
  const fromFile = await runCli(['ssh-key', 'create', 'laptop', file.path], made);
  expect(fromFile.asked).toEqual([{ call: 'POST /ssh-keys', body: { name: 'laptop', publicKey } }]);
  expect(fromFile.out).toBe(`created laptop  ${fingerprint}\n`);
  const fromInput = await runCli(['ssh-key', 'create', 'laptop', '-'], made, { input: publicKey });
  expect(fromInput.asked).toEqual(fromFile.asked);
});

test('a private key never leaves the machine', async () => {
  await using file = await fileOf(privateKey);
  const refused = await runCli(['ssh-key', 'create', 'laptop', file.path], () => ({}));
  expect(refused).toMatchObject({ code: 2, asked: [], out: '' });
  expect(refused.err).toContain('is a private key');
  expect(await runCli(['ssh-key', 'create', 'laptop', '-'], () => ({}), { input: privateKey })).toMatchObject({
    code: 2,
    asked: [],
  });
});

test('neither does a file that is no key: nothing, much too much, or not there', async () => {
  await using empty = await fileOf('\n');
  await using large = await fileOf('x'.repeat(20_000));
  for (const [path, why] of [
    [empty.path, 'is empty'],
    [large.path, 'too large'],
    ['/nowhere/id.pub', 'There is no file'],
  ] as const) {
    const refused = await runCli(['ssh-key', 'create', 'laptop', path], () => ({}));
    expect(refused.asked).toEqual([]);
    expect(refused.code).toBeGreaterThan(0);
    expect(refused.err).toContain(why);
  }
});

test('names of keys are completed', async () => {
  const { out, asked } = await runCli(['__complete', '--', 'ssh-key', 'delete', 'la'], () =>
    page(key('laptop'), key('x')),
  );
  expect(out).toBe('laptop\n');
  expect(asked).toMatchObject([{ call: 'GET /ssh-keys?limit=500' }]);
});
