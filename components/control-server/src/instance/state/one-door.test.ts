/** The state of instances has one writer, and so have their histories: the SQL of this folder. */
import { readFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { expect, test } from 'vitest';

const components = new URL('../../../../', import.meta.url);
/** Begin or end an instance, or write columns of its state. Other columns may be changed elsewhere. */
const forbidden = [
  /insert into (instance|instance_state_history)\b/i,
  /delete from (instance|instance_state_history)\b/i,
  /update instance\b/i,
  /(insertInto|deleteFrom|mergeInto)\('(instance|instance_state_history)'\)/,
  /updateTable\('instance'\)[^;]*?(state|stop_reason|stop_detail|observed_|moves|run\b)/,
  /updateTable\('instance_state_history'\)/,
];
/** Prunes what is older than the policy. */
const prunes = /\/prune-history\.ts$/;

test('no other file of the components writes them', async () => {
  const found: string[] = [];
  let looked = 0;
  for await (const file of glob('*/src/**/*.ts', { cwd: components })) {
    if (file.endsWith('.test.ts') || file.includes('/src/instance/state/') || prunes.test(file)) continue;
    looked++;
    const text = readFileSync(new URL(file, components), 'utf8');
    for (const pattern of forbidden) if (pattern.test(text)) found.push(`${file}: ${pattern.source}`);
  }
  expect(found).toEqual([]);
  expect(looked).toBeGreaterThan(200);
});
