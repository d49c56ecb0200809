import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { skippable, unmet } from '@zhiyun/testkit';
import { expect, test } from 'vitest';
import { unitName, unitText } from './unit-text.ts';

const launcher = resolve(import.meta.dirname, '../../../../zhiyun');
const facts = { home: '/var/lib/zhiyun', launcher, node: process.execPath };

test('each home has a unit of its own', () => {
  expect(unitName('/var/lib/zhiyun')).toBe('zhiyun.service');
  expect(unitName('/srv/my cloud/1')).toBe('zhiyun-srv-my-cloud-1.service');
});

test('it stops the platform and nothing else, comes back after a failure, and writes no password into the journal', () => {
  const lines = unitText(facts).split('\n');
  expect(lines).toEqual(
    expect.arrayContaining([
      'KillMode=process',
      'Restart=on-failure',
      'Type=notify',
      `ExecStart=${launcher} up --json --home /var/lib/zhiyun`,
      'WantedBy=multi-user.target',
    ]),
  );
});

const noAnalyze = unmet({ programs: ['systemd-analyze'] });
test.skipIf(noAnalyze).each(['/var/lib/zhiyun', '/srv/my cloud/100%/$HOME "x"'])(
  skippable('systemd finds nothing wrong with it, home %s', noAnalyze),
  async (home) => {
    const directory = await mkdtemp(join(tmpdir(), 'zhiyun-unit-'));
    try {
      const path = join(directory, unitName(home));
      await writeFile(path, unitText({ ...facts, home }));
      // It says on standard error what it does not like, and fails for what it cannot use.
      const { stderr } = await promisify(execFile)('systemd-analyze', [
        'verify',
        '--man=no',
        '--recursive-errors=no',
        path,
      ]);
      expect(stderr).toBe('');
    } finally {
      await rm(directory, { recursive: true });
    }
  },
);
