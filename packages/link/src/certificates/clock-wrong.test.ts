/** Certificates that are not valid now, seen from both ends. */
import type { ComponentId } from '@zhiyun/contracts';
import { newId, systemClock } from '@zhiyun/kernel';
import { expect, test } from 'vitest';
import { dialHttp2 } from '../http2/dial-http2.ts';
import { startSmallDataServer } from '../testing/small-data-server.ts';
import { TestMembers } from '../testing/test-member.ts';
import { createCertificateRequest, newPrivateKey, signComponentCertificate } from './certificates.ts';
import { clockWrong } from './clock-wrong.ts';

const day = 24 * 3600 * 1000;
const words = /valid from \d{4}-.*Z to \d{4}-.*Z, but here it is \d{4}-.*the clock of one of the two machines is wrong/;

test.each([
  ['behind', 2],
  ['far ahead', -30],
])('to a joiner whose clock is %s of the Data Server’s, the clock is named', async (_name, days) => {
  await using dataServer = await startSmallDataServer({ certificateNow: Date.now() + days * day });
  await using members = new TestMembers();
  const joining = members.join('node-client', { token: dataServer.token });
  await expect(joining).rejects.toMatchObject({ code: 'clock-wrong', message: expect.stringMatching(words) });
  expect(dataServer.joins).toBe(0);
});

test('a caller whose certificate is not valid yet is told so by the one it calls', async () => {
  await using dataServer = await startSmallDataServer();
  const privateKey = newPrivateKey();
  const name = { domainId: dataServer.domainId, type: 'node-client', id: newId<ComponentId>() } as const;
  const request = await createCertificateRequest(privateKey);
  const certificate = await signComponentCertificate(dataServer.authority, request, name, Date.now() + 2 * day);
  const credentials = { privateKey, certificate, caCertificate: dataServer.authority.certificate };
  const { address } = dataServer;
  const dialling = dialHttp2({ address, credentials, expect: { type: 'data-server' }, clock: systemClock });
  await expect(dialling).rejects.toMatchObject({ code: 'clock-wrong', message: expect.stringMatching(words) });
});

test('other faults of a certificate are not blamed on the clock', () => {
  const facts = { whose: 'it', certificate: undefined, now: 0 };
  expect(clockWrong('SELF_SIGNED_CERT_IN_CHAIN', facts)).toBeUndefined();
  expect(clockWrong(Object.assign(new Error(), { code: 'CERT_HAS_EXPIRED' }), facts)?.code).toBe('clock-wrong');
});
