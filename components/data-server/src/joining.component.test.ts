/** Who is let in: tokens, clocks, versions, keys; each refusal with its own words. */
import type { ComponentId } from '@zhiyun/contracts';
import { type ComponentType, type JoinRequest, linkProtocol } from '@zhiyun/contracts/links';
import { newId, silentLogger, systemClock } from '@zhiyun/kernel';
import { createCertificateRequest, newPrivateKey } from '@zhiyun/link';
import { createTestStore, type TestStore } from '@zhiyun/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openDomain } from './domain.ts';
import { createJoinToken, listJoinTokens, type NewJoinToken, revokeJoinToken } from './join-tokens.ts';
import { answerJoin, type Joining, renewCertificate } from './joining.ts';
import { removeComponent } from './removal.ts';

let database: TestStore;
let joining: Joining;
/** How far the Data Server's clock has been set forward. */
let passedMs: number;

beforeEach(async () => {
  passedMs = 0;
  const clock = { ...systemClock, now: () => Date.now() + passedMs };
  database = await createTestStore();
  const { store } = database;
  joining = { store, domain: await openDomain(store, 'd', clock), clock, log: silentLogger };
});
afterEach(() => database[Symbol.asyncDispose]());

const certificateRequest = () => createCertificateRequest(newPrivateKey());
const create = (wanted: Partial<NewJoinToken> = {}) =>
  createJoinToken(database.store, joining.clock, { roles: ['node-client'], expiresInSeconds: 60, ...wanted });
const list = () => listJoinTokens(database.store, joining.clock);

async function newJoiner(type: ComponentType = 'node-client') {
  const request = {
    protocolVersion: linkProtocol.oldest,
    id: newId<ComponentId>(),
    type,
    certificateRequest: await certificateRequest(),
  };
  const join = (secret: string, changes: Partial<JoinRequest> = {}) =>
    answerJoin(joining, { ...request, now: joining.clock.now(), secret, ...changes });
  return { ...request, join };
}

const join = async (secret: string, type?: ComponentType) => (await newJoiner(type)).join(secret);
const refusal = (code: string, message: string | RegExp) => ({ code, message: expect.stringMatching(message) });

describe('a join token', () => {
  test('lets in the roles it names, also a Data Server, and is refused to others', async () => {
    const { secret } = await create({ roles: ['node-client', 'data-server'] });
    await join(secret, 'data-server');
    expect((await join(secret)).domain.name).toBe('d');
    const wrong = join(secret, 'control-server');
    await expect(wrong).rejects.toMatchObject(
      refusal('join-refused', 'is for node-client, data-server, not for a control-server'),
    );
  });

  test('that is unknown, expired or revoked is refused, each in its own words', async () => {
    await expect(join('a guess')).rejects.toMatchObject(refusal('join-refused', 'not known in this domain'));
    await expect(join('')).rejects.toMatchObject(refusal('join-refused', 'needs a join token'));
    const revoked = await create();
    await revokeJoinToken(database.store, joining.clock, revoked.info.id);
    await revokeJoinToken(database.store, joining.clock, revoked.info.id);
    await expect(join(revoked.secret)).rejects.toMatchObject(refusal('join-refused', 'was revoked at 2'));
    const { secret } = await create();
    passedMs = 61_000;
    await expect(join(secret)).rejects.toMatchObject(refusal('join-refused', 'expired at 2'));
    // Who was refused is no component.
    expect(await database.store.db.selectFrom('component').selectAll().execute()).toEqual([]);
  });

  test('with uses lets in so many, however many ask at once, and nobody twice', async () => {
    const { secret, info } = await create({ uses: 3, expiresInSeconds: 3_600 });
    expect(info.usesLeft).toBe(3);
    const first = await newJoiner();
    await first.join(secret);
    await first.join(secret);
    expect((await list())[0]?.usesLeft).toBe(2);
    const outcomes = await Promise.allSettled(Array.from({ length: 6 }, () => join(secret)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected')
        expect(outcome.reason).toMatchObject(refusal('join-refused', 'has been used up'));
    }
    expect(await database.store.db.selectFrom('component').selectAll().execute()).toHaveLength(3);
    // The answer was lost on the way: the key is the proof now.
    await first.join(secret);
  });

  test('asked for by one joiner twice at once counts once', async () => {
    const { secret } = await create({ uses: 5 });
    const joiner = await newJoiner();
    await Promise.all([joiner.join(secret), joiner.join(secret), joiner.join(secret)]);
    expect((await list())[0]?.usesLeft).toBe(4);
  });

  test('is listed while it lets somebody in, and forgotten a day later', async () => {
    const revoked = await create();
    const short = await create({ createdBy: 'admin' });
    const usedUp = await create({ uses: 1, expiresInSeconds: 3 * 24 * 3600 });
    const long = await create({ roles: ['storage-server', 'storage-server'], expiresInSeconds: 30 * 24 * 3600 });
    await revokeJoinToken(database.store, joining.clock, revoked.info.id);
    await join(usedUp.secret);
    expect(await list()).toEqual([long.info, short.info]);
    expect(short.info).toMatchObject({ createdBy: 'admin', usesLeft: null, roles: ['node-client'] });
    expect(long.info).toMatchObject({ createdBy: null, roles: ['storage-server'] });
    passedMs = 25 * 3600 * 1000;
    expect(await list()).toEqual([long.info]);
    await create();
    await expect(join(usedUp.secret)).rejects.toThrow('not known');
    await expect(join(short.secret)).rejects.toThrow('not known');
  });
});

test('a wrong clock is told as such, with both times, before anything else', async () => {
  const joiner = await newJoiner();
  const at = (skewMs: number) => joiner.join('a guess', { now: joining.clock.now() + skewMs });
  const day = 24 * 3600 * 1000;
  await expect(at(2 * day)).rejects.toMatchObject(
    refusal('clock-wrong', /node-client says \d{4}-.*Z, that of the Data Server \d{4}-.*Z: it is 2 days ahead/),
  );
  await expect(at(-6 * 60_000)).rejects.toMatchObject(refusal('clock-wrong', 'it is 6 minutes behind'));
  await expect(at(4 * 60_000)).rejects.toThrow('not known in this domain');
});

test('with the range of the caller known, what the body says of it does not count', async () => {
  const { secret } = await create();
  const { join: _, type, ...request } = await newJoiner();
  const body = { ...request, type, now: joining.clock.now(), secret, protocolVersion: 1, comesLater: true };
  const join = (oldest: number) => answerJoin(joining, body, { oldest, newest: 99 });
  await expect(join(50)).rejects.toMatchObject(refusal('protocol-mismatch', /version 50-99 .* speaks 1-\d/));
  expect((await join(1)).domain.name).toBe('d');
});

test('another protocol is refused with both versions', async () => {
  const joiner = await newJoiner();
  await expect(joiner.join('x', { protocolVersion: 999 })).rejects.toMatchObject(
    refusal('protocol-mismatch', /version 999 of the link protocol, this component speaks 1-\d/),
  );
});

test('an id belongs to its key for life', async () => {
  const { secret } = await create();
  const joiner = await newJoiner();
  await joiner.join(secret);
  const thief = { certificateRequest: await certificateRequest() };
  await expect(joiner.join(secret, thief)).rejects.toMatchObject(refusal('join-refused', 'with another key'));
  const renewed = renewCertificate(joining, joiner, thief.certificateRequest);
  await expect(renewed).rejects.toMatchObject(refusal('join-refused', 'with another key'));
  await expect(joiner.join('')).resolves.toMatchObject({ domain: { name: 'd' } });
});

test('a removed component gets no certificate any more, by whatever door', async () => {
  const { secret } = await create();
  const joiner = await newJoiner();
  await joiner.join(secret);
  await removeComponent(database.store, joiner.id);
  const removed = refusal(
    'component-removed',
    'This node-client was removed.*run `zhiyun join` there with a new token',
  );
  await expect(joiner.join(secret)).rejects.toMatchObject(removed);
  await expect(joiner.join('')).rejects.toMatchObject(removed);
  await expect(renewCertificate(joining, joiner, joiner.certificateRequest)).rejects.toMatchObject(removed);
});
