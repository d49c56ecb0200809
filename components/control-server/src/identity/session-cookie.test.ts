import type { DomainId } from '@zhiyun/contracts';
import { expect, test } from 'vitest';
import { cookieToken, sessionCookieName } from './session-cookie.ts';

const here = sessionCookieName('01930000-0000-7000-8000-00000000000a' as DomainId);
const there = sessionCookieName('01930000-0000-7000-8000-00000000000b' as DomainId);

test('two platforms behind one host name have a session each', () => {
  expect(here).toBe('__Host-zhiyun-00000000000a');
  const cookie = `${there}=theirs; ${here}=ours; a=b`;
  expect([cookieToken(cookie, here), cookieToken(cookie, there)]).toEqual(['ours', 'theirs']);
  expect(cookieToken(`${there}=theirs`, here)).toBeUndefined();
});

test('a cookie of an earlier version still opens its session', () => {
  expect(cookieToken('__Host-zhiyun=old', here)).toBe('old');
  expect(cookieToken(`__Host-zhiyun=old; ${here}=new`, here)).toBe('new');
  expect(cookieToken(undefined, here)).toBeUndefined();
});
