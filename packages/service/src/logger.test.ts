import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PlatformError } from '@zhiyun/kernel';
import { expect, test } from 'vitest';
import { createLogger } from './logger.ts';
import { RepeatedLines, repeats } from './repeated-lines.ts';

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

test('whoever makes us log without end fills neither the disk nor the log', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'zhiyun-log-'));
  const file = join(directory, 'zhiyun.log');
  const maxBytes = 20_000;
  const log = createLogger({ level: 'info', file, limits: { maxBytes, generations: 2 } });
  for (let number = 0; number < 1_000; number++) log.warn({ number }, 'the same again');
  for (let number = 0; number < 1_000; number++) log.info({}, `always another ${number}`);
  log.info({}, 'the last one');
  await expect.poll(() => readFile(file, 'utf8').catch(() => '')).toContain('the last one');
  expect((await readdir(directory)).sort()).toEqual(['zhiyun.log', 'zhiyun.log.1', 'zhiyun.log.2']);
  for (const name of await readdir(directory))
    expect((await stat(join(directory, name))).size).toBeLessThanOrEqual(maxBytes);
  await rm(directory, { recursive: true });

  const other = join(directory, '..', `${Date.now()}-zhiyun.log`);
  const quiet = createLogger({ level: 'info', file: other });
  for (let number = 0; number < 1_000; number++) quiet.warn({ number }, 'the same again');
  quiet.child({ component: 'c' }).warn({}, 'the same again');
  quiet.error({ error: new Error('other') }, 'done');
  await expect.poll(() => readFile(other, 'utf8').catch(() => '')).toContain('done');
  expect((await readFile(other, 'utf8')).trim().split('\n')).toHaveLength(repeats.written + 2);
  await rm(other);
});

test('what was held back is told at the end of its while, once, with the last of it', () => {
  const lines = new RepeatedLines();
  const told: string[] = [];
  const say = (text: string) => {
    if (lines.mayWrite('kind', (held) => told.push(`${text} and ${held} in all`))) told.push(text);
  };
  for (let number = 1; number <= 7; number++) say(String(number));
  expect(told).toEqual(['1', '2', '3', '4', '5']);
  lines.endWindow();
  expect(told.slice(5)).toEqual(['7 and 2 in all']);
  say('8');
  lines.endWindow();
  expect(told.slice(6)).toEqual(['8']);
});
