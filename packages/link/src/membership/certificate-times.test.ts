/** Certificates that were made while a clock was wrong, and clocks that are set while certificates are in use. */
import type { ComponentId, DomainId } from '@zhiyun/contracts';
import { newId, silentLogger, systemClock } from '@zhiyun/kernel';
import { expect, test } from 'vitest';
import {
  createAuthority,
  createCertificateRequest,
  newPrivateKey,
  signComponentCertificate,
} from '../certificates/certificates.ts';
import { startSmallDataServer } from '../testing/small-data-server.ts';
import { TestMembers } from '../testing/test-member.ts';
import type { Member, Peer } from '../types.ts';
import { certificateLife, type Identity, isValidAt, type Membership, openIdentity, renewalDueMs } from './identity.ts';
import { keepRenewed } from './renewal.ts';

const hour = 3600 * 1000;
const day = 24 * hour;

async function leafMadeAt(now: number): Promise<string> {
  const authority = await createAuthority('test');
  const name = { domainId: newId<DomainId>(), type: 'node-client', id: newId<ComponentId>() } as const;
  return await signComponentCertificate(authority, await createCertificateRequest(newPrivateKey()), name, now);
}

test('an authority does not depend on the clock of its first day; what it signs allows for one of another time zone', async () => {
  const { certificate } = await createAuthority('test');
  for (const date of ['2020-01-02', '2026-11-28', '2090-01-01'])
    expect(isValidAt(certificate, Date.parse(date)), date).toBe(true);
  const now = Date.now();
  for (const hoursAhead of [-12, 0, 8, 14])
    expect(isValidAt(await leafMadeAt(now + hoursAhead * hour), now), `${hoursAhead} h`).toBe(true);
});

test('a new one is due at two thirds of its life, and at once when it is not valid', async () => {
  const now = Date.now();
  const leaf = await leafMadeAt(now);
  const { beginsAt, endsAt } = certificateLife(leaf);
  expect(renewalDueMs(leaf, now)).toBeCloseTo(beginsAt + ((endsAt - beginsAt) * 2) / 3 - now, -1);
  expect([renewalDueMs(leaf, now - 2 * day), renewalDueMs(leaf, now + 30 * day)]).toEqual([0, 0]);
});

test('what was kept from a clock that was days ahead is not shown, but asked for anew', async () => {
  await using dataServer = await startSmallDataServer();
  await using members = new TestMembers();
  const home = await members.newHome();
  await members.join('node-client', { home, token: dataServer.token });
  const identity = await openIdentity(home, 'node-client');
  const membership = await identity.membership();
  if (!membership) throw new Error('nothing was kept');
  const request = await createCertificateRequest(identity.privateKey);
  const name = { domainId: dataServer.domainId, type: 'node-client', id: identity.id } as const;
  const certificate = await signComponentCertificate(dataServer.authority, request, name, Date.now() + 3 * day);
  await identity.keepMembership({ ...membership, certificate });
  await members.start('node-client', { home, token: dataServer.token });
  expect(isValidAt((await identity.membership())?.certificate ?? '', Date.now())).toBe(true);
});

/** As the real one, but nobody waits for minutes. */
function settableClock() {
  let aheadMs = 0;
  return {
    ...systemClock,
    now: () => Date.now() + aheadMs,
    sleep: (ms: number, signal?: AbortSignal) => systemClock.sleep(Math.min(ms, 10), signal),
    set: (ms: number) => {
      aheadMs = ms;
    },
  };
}

test('when the clock is set while it runs, a member asks its Data Server for a certificate of today', async () => {
  await using dataServer = await startSmallDataServer();
  await using members = new TestMembers();
  const home = await members.newHome();
  const clock = settableClock();
  await members.start('node-client', { home, token: dataServer.token, clock });
  const identity = await openIdentity(home, 'node-client');
  const first = (await identity.membership())?.certificate;
  clock.set(-3 * day);
  await expect.poll(async () => (await identity.membership())?.certificate).not.toBe(first);
});

test('and without a link, for which it would be needed, it asks as one that joins, until somebody answers', async () => {
  const clock = settableClock();
  clock.set(30 * day);
  const old = {
    certificate: await leafMadeAt(Date.now()),
    caCertificate: '',
    domain: { id: newId<DomainId>(), name: '' },
  };
  const renewed = { ...old, certificate: await leafMadeAt(clock.now()) };
  const stopping = new AbortController();
  let membership: Membership = old;
  const kept: Membership[] = [];
  let asked = 0;
  await keepRenewed({
    member: { onlinePeers: () => [] as Peer[] } as unknown as Member,
    identity: { keepMembership: async (it: Membership) => void kept.push(it) } as unknown as Identity,
    membership: () => membership,
    askAnew: async () => {
      if (++asked < 3) throw new Error('nobody is there');
      return renewed;
    },
    onRenewed: (it) => {
      membership = it;
      stopping.abort();
    },
    signal: stopping.signal,
    clock,
    log: silentLogger,
  });
  expect([asked, kept]).toEqual([3, [renewed]]);
});
