import type { InstanceId } from '@zhiyun/contracts';
import { newId } from '@zhiyun/kernel';
import { expect, test } from 'vitest';
import { defaultUserRange, GuestUsers, rangeFault } from './guest-users.ts';

const ids = Array.from({ length: 8 }, () => newId<InstanceId>());

test('every instance has a user of its own, the same each time, and one that is gone gives its back', () => {
  const users = new GuestUsers({ first: 5000, count: 8 });
  const given = ids.map((id) => users.claim(id));
  expect(new Set(given).size).toBe(8);
  for (const uid of given) expect(uid).toBeGreaterThanOrEqual(5000);
  expect(() => users.claim(newId<InstanceId>())).toThrow('8');
  users.release(given[3]);
  expect(users.claim(newId<InstanceId>())).toBe(given[3]);
  const [one] = ids as [InstanceId];
  expect(new GuestUsers(defaultUserRange).claim(one)).toBe(new GuestUsers(defaultUserRange).claim(one));
});

test('what the ledger says is held is not given again, and without a range there is nothing to give', () => {
  const users = new GuestUsers({ first: 5000, count: 2 });
  users.hold(5001);
  expect(ids.slice(0, 1).map((id) => users.claim(id))).toEqual([5000]);
  expect(new GuestUsers(undefined).claim(ids[0] as InstanceId)).toBeUndefined();
});

test('a range that somebody else uses, or that a container cannot reach, is named', () => {
  const whole = '         0          0 4294967295\n';
  const passwd = 'root:x:0:0:::\nweb:x:1000:1000:::\n';
  const subuid = 'web:100000:65536\n';
  const fault = (first: number, count: number, uidMap = whole) =>
    rangeFault({ first, count }, { uidMap, passwd, subuid });
  expect(fault(defaultUserRange.first, defaultUserRange.count)).toBeUndefined();
  expect(fault(900, 200)).toContain('web of /etc/passwd');
  expect(fault(1001, 98_999)).toBeUndefined();
  expect(fault(1001, 99_000)).toContain('/etc/subuid');
  expect(fault(defaultUserRange.first, 10, '0 100000 65536\n')).toContain('container');
});
