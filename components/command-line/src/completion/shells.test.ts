/** Completion as people have it: real shells on a real terminal, the Tab key, and a platform that knows names. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { configHome, type FakePlatform, fakePlatform, launcher, run } from '../testing/run-cli.ts';
import { instance, page } from '../testing/samples.ts';
import { openTerminal } from '../testing/terminal.ts';

const image = (name: string, kind: string) => ({ id: name, name, kind, state: 'ready' });
const has = (shell: string) => ['/bin', '/usr/bin', '/usr/local/bin'].some((path) => existsSync(join(path, shell)));

let platform: FakePlatform;
let config: Awaited<ReturnType<typeof configHome>>;
let env: NodeJS.ProcessEnv;
const at = (name: string) => join(config.path, name);

beforeAll(async () => {
  platform = await fakePlatform(({ call }) => {
    if (call.startsWith('GET /instances'))
      return page(instance('web-1'), instance('web-2', 'stopped'), instance('web-33'), instance('数据库'));
    if (call.startsWith('GET /images')) return page(image('debian-12', 'disk'), image('debian-install', 'iso'));
    if (call.startsWith('GET /compute-pools')) return page({ id: 'p', name: 'golden', description: 'fast' });
    return { status: 404, body: {} };
  });
  config = await configHome({ url: platform.url, token: 't', username: 'admin' });
  await mkdir(at('bin'));
  await symlink(launcher, at('bin/zhiyun'));
  await writeFile(at('some-file.iso'), 'x');
  const path = `${at('bin')}:${process.env.PATH}`;
  env = { PATH: path, HOME: config.path, XDG_CONFIG_HOME: config.path, LC_ALL: 'C.UTF-8' };
  for (const shell of ['bash', 'zsh', 'fish'])
    await writeFile(at(`completion.${shell}`), (await run(['completion', shell], { env })).out);
  await writeFile(at('.zshrc'), `PS1='$ '; PATH=${path}; source ${at('completion.zsh')}\n`);
  const quiet = `bind 'set bell-style none'; bind 'set show-all-if-ambiguous on'`;
  await writeFile(at('bashrc'), `PS1='$ '; PATH=${path}; source ${at('completion.bash')}; ${quiet}\n`);
});
afterAll(async () => {
  await platform[Symbol.asyncDispose]();
  await config[Symbol.asyncDispose]();
});

/** What a shell makes of words that end in Tab. */
const cases: readonly (readonly [what: string, typed: string, shown: RegExp])[] = [
  ['names of instances that it can be done to', 'zhiyun instance stop web-', /web-1[\s\S]*web-33/],
  ['the only one that fits', 'zhiyun instance start we', /instance start web-2 /],
  ['names in any script', 'zhiyun instance show 数', /instance show 数据库 /],
  ['names as values of options', 'zhiyun instance list --pool go', /--pool golden /],
  ['images within a value', 'zhiyun instance create web --disk 10GiB,image=de', /--disk 10GiB,image=debian-12/],
  ['words that are values', 'zhiyun instance list --state run', /--state running /],
  ['files', 'zhiyun image upload some-', /image upload some-file\.iso/],
];

const shells: readonly (readonly [name: string, command: () => string])[] = [
  ['bash', () => `bash --noprofile --rcfile ${at('bashrc')} -i`],
  ['zsh', () => 'zsh -i'],
];
describe.each(shells)('%s', (shell, command) => {
  test.skipIf(!has(shell)).each(cases)('completes %s', async (_, typed, shown) => {
    await using terminal = openTerminal(`cd ${config.path} && exec ${command()}`, { ...env, ZDOTDIR: config.path });
    await terminal.says(/\$ $/);
    terminal.type(`${typed}\t`);
    const said = await terminal.says(shown);
    if (typed.includes('stop')) expect(said).not.toContain('web-2');
  });
});

describe.skipIf(!has('fish'))('fish', () => {
  test('completes all of them', async () => {
    const asked = cases.map(([, typed]) => `complete -C"${typed}"; echo ===`).join('; ');
    const { stdout } = await promisify(execFile)(
      'fish',
      ['--no-config', '-c', `cd ${config.path}; source ${at('completion.fish')}; ${asked}`],
      { env },
    );
    expect(stdout.split('===\n').slice(0, -1)).toEqual([
      'web-1\trunning\nweb-33\trunning\n',
      'web-2\tstopped\n',
      '数据库\trunning\n',
      'golden\tfast\n',
      '10GiB,image=debian-12\tdisk\n',
      'running\n',
      'some-file.iso\n',
    ]);
  });
});

test('nobody is kept waiting, and nothing is said, where nobody answers', async () => {
  await using away = await configHome({ url: 'http://127.0.0.1:1', token: 't', username: 'admin' });
  const ended = await run(['__complete', '--', 'instance', 'stop', 'w'], { env: { XDG_CONFIG_HOME: away.path } });
  expect(ended).toMatchObject({ out: '', err: '' });
});
