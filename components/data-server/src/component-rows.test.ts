import type { ComponentId } from '@zhiyun/contracts';
import { newId } from '@zhiyun/kernel';
import { expect, test } from 'vitest';
import { type Registered, sameRecord, sameRegistered } from './component-rows.ts';

const registered: Registered = {
  record: {
    id: newId<ComponentId>(),
    type: 'node-client',
    name: 'n1',
    endpoint: { hosts: ['192.0.2.1', '192.0.2.2'], port: 1, machine: 'here' },
    state: 'online',
  },
  session: newId<string>(),
  dataServerId: newId<ComponentId>(),
};

/** Copies of `whole`, in each of which another of its values, however deep, is not what it was. */
function* changed(whole: object): Generator<object> {
  for (const [key, value] of Object.entries(whole)) {
    const others = typeof value === 'object' ? changed(value) : ['another'];
    for (const other of others) yield Object.assign(structuredClone(whole), { [key]: other });
  }
}

test('what was read anew and says the same is the same', () => {
  expect(sameRegistered(registered, structuredClone(registered))).toBe(true);
});

test('whatever is different, however small, is a difference', () => {
  const others = [...changed(registered)] as Registered[];
  expect(others).toHaveLength(10);
  for (const other of others) expect(sameRegistered(registered, other), JSON.stringify(other)).toBe(false);
  const records = [...changed(registered.record)] as Registered['record'][];
  for (const record of records) expect(sameRecord(registered.record, record), JSON.stringify(record)).toBe(false);
  const { endpoint } = registered.record;
  const more = { ...registered.record, endpoint: { ...endpoint, hosts: [...endpoint.hosts, '192.0.2.3'] } };
  expect(sameRecord(registered.record, more)).toBe(false);
});
