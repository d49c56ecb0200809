import { formatBytes, GiB, TiB } from '@zhiyun/contracts';
import i18n from 'i18next';
import { beforeAll, expect, it } from 'vitest';
import errors from '../../locales/en-US/errors.ts';
import { outOfBounds, within } from './bounds.ts';

beforeAll(() => i18n.init({ lng: 'en-US', resources: { 'en-US': { errors } } }));

it('says one thing about a value outside, with the bound as people write it', async () => {
  const cores = { min: 1, max: 128 };
  expect(outOfBounds(999, cores)).toBe('Must be at most 128');
  expect(outOfBounds(0, cores)).toBe('Must be at least 1');
  expect(outOfBounds(128, cores)).toBeUndefined();
  expect(outOfBounds(null, cores)).toBeUndefined();
  expect(outOfBounds(9_999 * TiB, { min: GiB, max: 64 * TiB, format: formatBytes })).toBe('Must be at most 64 TiB');
  await expect(within(cores).validator(undefined, 999)).rejects.toThrow('Must be at most 128');
  await expect(within(cores).validator(undefined, 4)).resolves.toBeUndefined();
});
