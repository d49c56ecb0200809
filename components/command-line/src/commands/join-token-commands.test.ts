import { expect, test } from 'vitest';
import { runCli } from '../testing/run-cli.ts';

const at = '2026-01-01T00:00:00.000Z';
const token = {
  id: '1',
  roles: ['node-client', 'storage-server'],
  expiresAt: at,
  usesLeft: 2,
  createdAt: at,
  createdBy: 'admin',
};
const create = ['join-token', 'create', '--role', 'node-client,storage-server', '--expires', '2h', '--uses', '2'];

test('a new token comes with the whole command for the other machine', async () => {
  const { out, asked } = await runCli(create, () => ({ status: 201, body: { ...token, token: 'secret' } }));
  expect(out).toContain('./zhiyun join --token - --role node-client,storage-server --detach\n');
  expect(out).toMatch(/^secret$/m);
  expect(out).toContain('for one machine.');
  expect(asked).toEqual([
    {
      call: 'POST /join-tokens',
      body: { roles: ['node-client', 'storage-server'], expiresInSeconds: 7200, uses: 2 },
    },
  ]);
});

test('any number is said as such', async () => {
  const any = ['join-token', 'create', '--role', 'node-client', '--uses', 'any'];
  const { out, asked } = await runCli(any, () => ({
    status: 201,
    body: { ...token, usesLeft: null, token: 'secret' },
  }));
  expect(asked[0]?.body).toEqual({ roles: ['node-client'], expiresInSeconds: 3600, uses: null });
  expect(out).toContain('any number of components');
});

test('for programs it is JSON', async () => {
  const { out } = await runCli([...create, '--json'], () => ({ status: 201, body: { ...token, token: 'secret' } }));
  expect(JSON.parse(out)).toEqual({ ...token, token: 'secret' });
});

test('the list says what each still does', async () => {
  const { out } = await runCli(['join-token', 'list'], () => ({
    body: { items: [token, { ...token, usesLeft: null }] },
  }));
  expect(out).toMatch(/node-client,storage-server +2026-01-01 00:00:00 \+00:00 +2 +admin +1\n/);
  expect(out).toMatch(/ any +admin/);
});

test('a role or a duration that makes no sense is refused before anybody is asked', async () => {
  const role = await runCli(['join-token', 'create', '--role', 'printer'], () => ({}));
  expect(role).toMatchObject({ code: 2, asked: [], err: expect.stringContaining('Roles are data-server, ') });
  const duration = await runCli(['join-token', 'create', '--role', 'node-client', '--expires', 'soon'], () => ({}));
  expect(duration).toMatchObject({ code: 2, asked: [], err: expect.stringContaining('30m, 2h or 7d') });
});

test('what the platform refuses is said once', async () => {
  const detail = 'The request is not valid: expiresInSeconds must be at least 60.';
  const errors = [{ path: 'expiresInSeconds', message: 'must be at least 60' }];
  const problem = { status: 400, code: 'invalid-request', title: 't', type: 't', detail, errors };
  const { err, code } = await runCli([...create, '--expires', '1s'], () => ({ status: 400, body: problem }));
  expect(err).toBe(`zhiyun: ${detail} (invalid-request)\n`);
  expect(code).toBe(1);
});
