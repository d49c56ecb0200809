import { GiB, MiB } from '@zhiyun/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestControlServer, type TestControlServer } from '../testing/test-control-server.ts';

let test: TestControlServer;
beforeAll(async () => {
  test = await startTestControlServer();
  const disks = [{ sizeBytes: 1 * GiB }];
  await test.ended(await test.admin.createInstance({ body: { name: 'web', cores: 1, memoryBytes: 64 * MiB, disks } }));
});
afterAll(() => test[Symbol.asyncDispose]());

async function ticketOf(kind: 'display' | 'serial'): Promise<string> {
  const ask = kind === 'display' ? test.admin.createDisplayTicket : test.admin.createSerialTicket;
  const { url } = await ask({ params: { id: 'web' } });
  const match = new RegExp(`^wss://cloud\\.example/api/v1/consoles/${kind}/([\\w-]{43})$`).exec(url);
  if (!match?.[1]) throw new Error(`no ticket in ${url}`);
  return match[1];
}
const invalid = { code: 'ticket-invalid' };

it('a ticket opens its console of its instance on its node, once', async () => {
  const ticket = await ticketOf('serial');
  const instance = await test.admin.getInstance({ params: { id: 'web' } });
  const uses = await Promise.allSettled([1, 2, 3].map(() => test.link.redeemTicket({ ticket, kind: 'serial' })));
  const good = uses.filter((use) => use.status === 'fulfilled').map((use) => use.value);
  expect(good).toMatchObject([{ instanceId: instance.id, nodeId: instance.node?.id }]);
});

it('a ticket of the other kind, a made-up one and an old one are refused alike', async () => {
  const serial = await ticketOf('serial');
  await expect(test.link.redeemTicket({ ticket: serial, kind: 'display' })).rejects.toMatchObject(invalid);
  await expect(test.link.redeemTicket({ ticket: 'x'.repeat(43), kind: 'serial' })).rejects.toMatchObject(invalid);
  const old = await ticketOf('display');
  await test.store.db
    .updateTable('console_ticket')
    .set({ expires_at: new Date(Date.now() - 1) })
    .execute();
  await expect(test.link.redeemTicket({ ticket: old, kind: 'display' })).rejects.toMatchObject(invalid);
});

it('the database holds no ticket, and an instance that is off gives none', async () => {
  const ticket = await ticketOf('display');
  const rows = await test.store.db.selectFrom('console_ticket').selectAll().execute();
  expect(JSON.stringify(rows)).not.toContain(ticket);
  await test.ended(await test.admin.killInstance({ params: { id: 'web' } }));
  await expect(ticketOf('display')).rejects.toMatchObject({ problem: { code: 'wrong-state' } });
  await expect(test.admin.createDisplayTicket({ params: { id: 'nothing' } })).rejects.toMatchObject({
    problem: { code: 'not-found' },
  });
});

/** A second user with a session and a ticket of it. */
async function guardWithTicket(username: string) {
  const { client } = await test.newUser(username, 'operator');
  const { url } = await client.createSerialTicket({ params: { id: 'web' } });
  return { client, ticket: url.split('/').at(-1) ?? '' };
}

describe('the right to a console', () => {
  beforeAll(async () => {
    await test.ended(await test.admin.startInstance({ params: { id: 'web' } }));
  });

  it('ends with the session: for what is open, and for tickets that were not used yet', async () => {
    const { client, ticket } = await guardWithTicket('guard-1');
    const spare = (await client.createSerialTicket({ params: { id: 'web' } })).url.split('/').at(-1) ?? '';
    const { sessionId = '' } = await test.link.redeemTicket({ ticket, kind: 'serial' });
    expect(await test.link.endedConsoles({ sessionIds: [sessionId] })).toEqual({ ended: [] });
    await client.deleteSession();
    expect(await test.link.endedConsoles({ sessionIds: [sessionId] })).toEqual({ ended: [sessionId] });
    await expect(test.link.redeemTicket({ ticket: spare, kind: 'serial' })).rejects.toMatchObject(invalid);
  });

  it.each([
    ['the permission', (name: string) => test.admin.updateUser({ params: { id: name }, body: { role: 'viewer' } })],
    ['the user', (name: string) => test.admin.deleteUser({ params: { id: name } })],
  ])('ends with %s', async (what, end) => {
    const name = what === 'the user' ? 'guard-2' : 'guard-3';
    const { client, ticket } = await guardWithTicket(name);
    const spare = (await client.createSerialTicket({ params: { id: 'web' } })).url.split('/').at(-1) ?? '';
    const { sessionId = '' } = await test.link.redeemTicket({ ticket, kind: 'serial' });
    await end(name);
    expect(await test.link.endedConsoles({ sessionIds: [sessionId] })).toEqual({ ended: [sessionId] });
    await expect(test.link.redeemTicket({ ticket: spare, kind: 'serial' })).rejects.toMatchObject(invalid);
  });

  it('is nobody’s who was never signed in', async () => {
    const made = ['not-an-id', '00000000-0000-7000-8000-000000000000'];
    expect(await test.link.endedConsoles({ sessionIds: made })).toEqual({ ended: made });
  });
});
