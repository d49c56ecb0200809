import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HelperStarter } from './helper-starter.ts';
import { directStarter, type ProcessStarter } from './process-starter.ts';

const environment = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' };
let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'zhiyun-starter-'));
});
afterEach(() => rm(directory, { recursive: true }));

const detached = (parameters: readonly string[]) => ({
  program: 'sh',
  parameters,
  environment,
  user: null,
  logPath: join(directory, 'log'),
  logHeader: 'begun\n',
});

describe.each<[string, () => ProcessStarter & Partial<Disposable>]>([
  ['from this process', () => directStarter],
  ['through a helper', () => new HelperStarter()],
])('%s', (_, create) => {
  let starter: ProcessStarter & Partial<Disposable>;
  beforeEach(() => {
    starter = create();
  });
  afterEach(() => starter[Symbol.dispose]?.());

  test('a command is given its input and tells how it went', async () => {
    const result = await starter.run('sh', ['-c', 'cat; echo no >&2; exit 3'], environment, 'hello');
    expect(result).toEqual({ status: 3, signal: null, output: 'hello', complaint: 'no\n' });
  });

  test('many at once do not get into each other’s way', async () => {
    const results = await Promise.all(
      Array.from({ length: 20 }, (_each, index) => starter.run('cat', [], environment, `${index}`)),
    );
    expect(results.map(({ output }) => Number(output))).toEqual(Array.from({ length: 20 }, (_each, index) => index));
  });

  test('a program that is not there is said as the system says it', async () => {
    await expect(starter.run('zhiyun-no-such-program', [], environment, '')).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(starter.startDetached({ ...detached([]), program: 'zhiyun-no-such-program' })).rejects.toMatchObject({
      code: 'ENOENT',
    });
  });

  test('a detached program writes its log and its end is told', async () => {
    const { pid, exit } = await starter.startDetached(detached(['-c', 'umask; kill -KILL $$']));
    expect(pid).toBeGreaterThan(1);
    expect(await exit).toEqual({ code: null, signal: 'SIGKILL' });
    expect(await readFile(join(directory, 'log'), 'utf8')).toBe('begun\n0077\n');
  });
});

test('the end of the helper is nobody’s knowledge of the program’s end, and the next start has a new helper', async () => {
  using starter = new HelperStarter();
  const { output } = await starter.run('sh', ['-c', 'echo $PPID'], environment, '');
  const { pid, exit } = await starter.startDetached(detached(['-c', 'exec sleep 60']));
  process.kill(Number(output), 'SIGKILL');
  expect(await exit).toBeNull();
  // It outlives the helper.
  process.kill(pid, 'SIGKILL');
  expect((await starter.run('echo', ['again'], environment, '')).output).toBe('again\n');
});
