import { PlatformError } from '@zhiyun/kernel';
import { expect, test } from 'vitest';
import { DatabaseLost, translateDatabaseError } from './database-errors.ts';

const thrown = (message: string, code?: string) => Object.assign(new Error(message), code && { code });

test.each([
  ['could not extend file "base/1/2": No space left on device', '53100'],
  ['could not write to file "pg_wal/xlogtemp.1": No space left on device', '58030'],
  ['could not write to file: Disk quota exceeded', undefined],
])('a full disk of the database is told as one: %s', (message, code) => {
  const told = translateDatabaseError(thrown(message, code), 'db') as PlatformError;
  expect(told).toBeInstanceOf(PlatformError);
  expect(told).not.toBeInstanceOf(DatabaseLost);
  expect(told).toMatchObject({ code: 'disk-full', message: expect.stringContaining('disk of the database') });
  expect(told.message).not.toContain('base/1/2');
});

test('a lost connection and a mistake of ours stay what they are', () => {
  expect(translateDatabaseError(thrown('gone', 'ECONNRESET'), 'db')).toBeInstanceOf(DatabaseLost);
  const mistake = thrown('syntax error', '42601');
  expect(translateDatabaseError(mistake, 'db')).toBe(mistake);
});
