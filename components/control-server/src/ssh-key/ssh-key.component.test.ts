import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestControlServer, type TestControlServer } from '../testing/test-control-server.ts';

/** Made by ssh-keygen, which also says the fingerprints (`ssh-keygen -l`). */
const laptop = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDogsnUNTBUkBxI9Yg/vKSN8xV3hZ96zhLUiNF50BZuv';
const laptopPrint = 'SHA256:2vrNf48Q1btzmL8fXeLAX61lNY7O+u8wVp5aN0w03yc';
const desk =
  'ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBKKkDtRBTTnDUDsOo763xpch22BvJvFls3iH9HQzgk8E1mVkYfDCYsxMv72tqBjVme+QJuMP95FhLtFMr122x3o=';
const deskPrint = 'SHA256:V0lphjo5C959RXaRyuVxmDcu/X71CsTdobyo/2oG9AU';

let test: TestControlServer;
beforeAll(async () => {
  test = await startTestControlServer();
});
afterAll(() => test[Symbol.asyncDispose]());

it('is added, found by id and by name, listed page by page, and deleted, with an event of each', async () => {
  const { client } = await test.newUser('anna', 'operator');
  const made = await client.createSshKey({ body: { name: 'laptop', publicKey: `  ${laptop} anna@home\n` } });
  expect(made).toMatchObject({
    name: 'laptop',
    ...{
      type: 'ssh-ed25519',
      bits: 256,
      fingerprint: laptopPrint,
      comment: 'anna@home',
      publicKey: `${laptop} anna@home`,
    },
  });
  const other = await client.createSshKey({ body: { name: 'desk', publicKey: desk } });
  expect(other).toMatchObject({ fingerprint: deskPrint, comment: '', publicKey: desk });
  for (const id of [made.id, 'laptop']) expect(await client.getSshKey({ params: { id } })).toEqual(made);
  const first = await client.listSshKeys({ query: { limit: 1 } });
  expect(first.items).toEqual([other]);
  const rest = await client.listSshKeys({ query: { limit: 1, cursor: first.nextCursor ?? '' } });
  expect(rest).toEqual({ items: [made], nextCursor: null });

  await client.deleteSshKey({ params: { id: 'laptop' } });
  expect((await client.listSshKeys()).items).toEqual([other]);
  const { items } = await test.admin.listEvents({ query: { subjectKind: 'ssh-key', subject: made.id } });
  expect(items).toMatchObject([
    { kind: 'ssh-key.deleted', data: { fingerprint: laptopPrint }, actor: { username: 'anna' } },
    { kind: 'ssh-key.created', subject: { name: 'laptop' }, data: { type: 'ssh-ed25519', fingerprint: laptopPrint } },
  ]);
});

it('is its owner’s alone: names and keys are unique among those of one user, and nobody else sees them', async () => {
  const [bert, cora] = [await test.newUser('bert', 'operator'), await test.newUser('cora', 'operator')];
  const own = await bert.client.createSshKey({ body: { name: 'laptop', publicKey: laptop } });
  const same = { name: 'laptop', publicKey: laptop };
  expect(await cora.client.createSshKey({ body: same })).toMatchObject(same);

  await expect(bert.client.createSshKey({ body: { ...same, publicKey: desk } })).rejects.toMatchObject({
    problem: { code: 'name-taken', errors: [{ path: 'name' }] },
  });
  await expect(
    bert.client.createSshKey({ body: { name: 'other', publicKey: `${laptop} again` } }),
  ).rejects.toMatchObject({
    problem: { code: 'in-use', detail: expect.stringContaining('«laptop»'), errors: [{ path: 'publicKey' }] },
  });
  expect((await bert.client.listSshKeys()).items).toEqual([own]);

  for (const ask of [test.admin, cora.client]) {
    await expect(ask.getSshKey({ params: { id: own.id } })).rejects.toMatchObject({ problem: { code: 'not-found' } });
    await expect(ask.deleteSshKey({ params: { id: own.id } })).rejects.toMatchObject({
      problem: { code: 'not-found' },
    });
  }
  const about = { query: { subjectKind: 'ssh-key', subject: own.id } } as const;
  for (const ask of [test.admin, bert.client])
    expect((await ask.listEvents(about)).items).toMatchObject([{ kind: 'ssh-key.created' }]);
  expect((await cora.client.listEvents(about)).items).toEqual([]);
  expect(await feedOf('bert')).toContain(own.id);
  expect(await feedOf('cora')).not.toContain(own.id);
  await test.admin.deleteUser({ params: { id: 'bert' } });
  const rows = await test.store.db.selectFrom('ssh_key').select('id').where('id', '=', own.id).execute();
  expect(rows).toEqual([]);
});

/** All that has happened so far, as the live feed brings it, up to an event of nobody's that is made now. */
async function feedOf(username: string): Promise<string> {
  const { token } = await test.signIn(username, 'correct horse');
  const answer = await test.fetch('/api/v1/events', {
    headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream', 'last-event-id': '0' },
  });
  const last = `after-${username}`;
  await test.admin.createComputePool({ body: { name: last } });
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of answer.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.includes(last)) break;
  }
  return text;
}

it('of two that come at once with one key, one is told of the other', async () => {
  const { client } = await test.newUser('dora', 'operator');
  const made = await Promise.allSettled(
    ['a', 'b', 'c', 'd'].map((name) => client.createSshKey({ body: { name, publicKey: desk } })),
  );
  expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const each of made)
    if (each.status === 'rejected') expect(each.reason).toMatchObject({ problem: { code: 'in-use' } });
});

it('is refused with what is wrong, and a private key is neither kept nor said again', async () => {
  const secret = 'b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ';
  const answer = await test.fetch('/api/v1/ssh-keys', {
    method: 'POST',
    headers: { authorization: `Bearer ${test.adminToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'x', publicKey: `-----BEGIN OPENSSH PRIVATE KEY-----\n${secret}` }),
  });
  expect(answer.status).toBe(400);
  const text = await answer.text();
  expect(JSON.parse(text)).toMatchObject({
    code: 'invalid-request',
    errors: [
      {
        path: 'publicKey',
        message: expect.stringContaining('is a private key'),
        sentence: { key: 'field.ssh-key-private' },
      },
    ],
  });
  expect(text).not.toContain(secret);
});

it('is not for viewers to add', async () => {
  const { client } = await test.newUser('eve', 'viewer');
  expect((await client.listSshKeys()).items).toEqual([]);
  await expect(client.createSshKey({ body: { name: 'x', publicKey: laptop } })).rejects.toMatchObject({
    problem: { code: 'forbidden' },
  });
});
