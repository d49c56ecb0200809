import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PlatformError } from '@zhiyun/kernel';
import { expect, test } from 'vitest';
import { createLogger } from './logger.ts';

test('secrets are blanked at every depth; an error of ours is a line, any other is written in full', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'zhiyun-log-'));
  const file = join(directory, 'zhiyun.log');
  const log = createLogger({ level: 'info', file });
  const secret = 'hunter2';
  log.info(
    { password: secret, user: { token: secret }, request: { headers: { authorization: secret, cookie: secret } } },
    'x',
  );
  log.debug({}, 'below the level');
  const cause = new Error('ENOSPC');
  log
    .child({ component: 'c' })
    .error({ error: new PlatformError('disk-full', 'No room.', { cause }), err: cause }, 'failed');
  await expect.poll(() => readFile(file, 'utf8').catch(() => '')).toContain('failed');
  const text = await readFile(file, 'utf8');
  expect(text).not.toContain(secret);
  expect(text).not.toContain('below');
  expect(JSON.parse(text.split('\n')[1] ?? '')).toMatchObject({
    component: 'c',
    error: { code: 'disk-full', message: 'No room.', cause: 'Error: ENOSPC' },
    err: { message: 'ENOSPC', stack: expect.stringContaining('logger.test.ts') },
  });
  await rm(directory, { recursive: true });
});
