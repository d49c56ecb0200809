import { expect, test } from 'vitest';
import type { LedgerEntry } from '../ledger/ledger.ts';
import { configOfStart, withoutOnce } from './config-of-start.ts';
import { testConfig } from './test-world.ts';

const config = testConfig();
const before = (epoch: number, boot: LedgerEntry['config']['boot']) =>
  ({ epoch, config: { ...config, boot } }) as LedgerEntry;

test('what was asked for only once at the creation holds until the first start, and no longer', () => {
  const made = { first: 'disk', once: 'cd', menu: true } as const;
  const ordered = { ...config, boot: { first: 'disk', menu: true } as const };
  expect(configOfStart(ordered, before(0, made)).boot).toEqual(made);
  expect(configOfStart(ordered, before(1, made)).boot).toEqual(ordered.boot);
  expect(configOfStart(config, before(0, made)).boot).toEqual({ first: 'disk', menu: false, once: 'cd' });
  expect(withoutOnce({ ...config, boot: made }).boot).toEqual({ first: 'disk', menu: true });
  expect(withoutOnce(config)).toBe(config);
});
