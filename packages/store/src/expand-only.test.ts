import { expect, test } from 'vitest';
import { contractions } from './expand-only.ts';
import { readMigrations } from './migrate.ts';

/** Those of the first release: nothing was there before. */
const first = 8;

test('every migration since the first release only expands, or says that it contracts and since when nobody reads it', async () => {
  for (const { number, name, text, kind } of await readMigrations()) {
    if (number <= first) continue;
    if (kind === 'expand') expect(contractions(text), `${number} ${name}`).toEqual([]);
    else expect(text, `${number} ${name}`).toMatch(/^-- Since release \d+\.\d+\.\d+ nothing reads /);
  }
});

test.each([
  'create table a (b integer not null); create unique index c on a (b); alter table a add constraint d unique (b)',
  'alter table a add column b integer',
  'alter table a add column b integer not null default 1, add column c text',
  'create index a on b (c); drop index d',
  `update a set b = 'drop table c; delete from d' -- truncate e`,
  'alter table a drop constraint a_check, add constraint a_check check (b in (1, 2, 3))',
  'create function f() returns trigger as $$ begin delete from a; end $$ language plpgsql',
  'alter table a alter column b drop not null',
])('expands: %s', (text) => {
  expect(contractions(text)).toEqual([]);
});

test.each([
  'drop table a',
  'alter table a drop column b',
  'alter table a rename column b to c',
  'ALTER TABLE a ALTER COLUMN b TYPE bigint',
  'alter table a alter column b set not null',
  'alter table a add column b integer not null',
  'alter table a add column b integer default 1, add column c text not null',
  'create unique index a on b (c)',
  'alter table a add constraint b unique (c)',
  'alter table a drop constraint b',
  'delete from a where b',
])('contracts: %s', (text) => {
  expect(contractions(text)).not.toEqual([]);
});
