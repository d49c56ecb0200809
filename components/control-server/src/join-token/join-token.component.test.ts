import type { Logger } from '@zhiyun/kernel';
import { waitFor } from '@zhiyun/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestControlServer, type TestControlServer } from '../testing/test-control-server.ts';
import { TestDataServer, testSecret } from '../testing/test-data-server.ts';

const logged: string[] = [];
const note = (facts: object, message: string) => void logged.push(`${message} ${JSON.stringify(facts)}`);
const log: Logger = { debug: note, info: note, warn: note, error: note, child: () => log };

let test: TestControlServer;
beforeAll(async () => {
  test = await startTestControlServer({ log });
});
afterAll(() => test[Symbol.asyncDispose]());

const fails = (code: string) => expect.objectContaining({ problem: expect.objectContaining({ code }) });
const body = { roles: ['node-client' as const], uses: 2 };

it('the secret of a token is in the answer that makes it and nowhere else', async () => {
  const created = await test.admin.createJoinToken({ body });
  expect(created).toMatchObject({ roles: ['node-client'], usesLeft: 2, createdBy: 'admin', token: testSecret });
  const { token: _secret, ...known } = created;
  expect(await test.admin.listJoinTokens()).toEqual({ items: [known] });

  await test.admin.revokeJoinToken({ params: { id: created.id } });
  expect(await test.admin.listJoinTokens()).toEqual({ items: [] });
  await expect(test.admin.revokeJoinToken({ params: { id: created.id } })).rejects.toEqual(fails('not-found'));

  const { items } = await test.admin.listEvents({ query: { subjectKind: 'system' } });
  expect(items.map(({ kind, data, actor }) => [kind, data, actor?.username])).toEqual([
    ['join-token.revoked', { token: created.id, roles: ['node-client'] }, 'admin'],
    ['join-token.created', { token: created.id, roles: ['node-client'] }, 'admin'],
  ]);
  expect(logged.filter((line) => line.includes('/join-tokens'))).toHaveLength(3);
  expect(
    [...logged, JSON.stringify(await test.store.db.selectFrom('event').selectAll().execute())].join('\n'),
  ).not.toContain(testSecret);
});

it('lets in one machine with each of its roles, unless more are wanted', async () => {
  const roles: ('node-client' | 'storage-server')[] = ['node-client', 'storage-server', 'node-client'];
  const usesLeft = async (more: { uses?: number | null }) =>
    (await test.admin.createJoinToken({ body: { roles, ...more } })).usesLeft;
  expect([await usesLeft({}), await usesLeft({ uses: 7 }), await usesLeft({ uses: null })]).toEqual([2, 7, null]);
});

it('any Data Server will do; while there is none, it says what that means', async () => {
  const second = new TestDataServer(test.domain, 'data-2');
  await second.member.start();
  await test.domain.kill(test.dataServer.member);
  await waitFor(async () => (await test.admin.createJoinToken({ body })) && second.tokens.size > 0);
  await test.domain.kill(second.member);
  const refusal = test.admin.createJoinToken({ body });
  await expect(refusal).rejects.toEqual(fails('unavailable'));
  await expect(refusal).rejects.toThrow(
    'No Data Server can be reached: nothing new can join the domain until one is back. What is connected goes on.',
  );
  await expect(test.admin.listJoinTokens()).rejects.toEqual(fails('unavailable'));
});
