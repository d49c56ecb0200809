/**
 * README from «Start» to «The same with curl» as one story, word for word: the first password is changed in the browser, as it says, and what
 * follows must work after that. Added is only what a test must be told: where the state lies, and what a person types when asked.
 */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testGuest } from './src/guest.ts';
import { type Platform, startPlatform } from './src/platform.ts';
import { checkout, readmeCommands, withoutRemark } from './src/readme-commands.ts';
import { run } from './src/run.ts';

const byCommandLine = await readmeCommands('README.md', 'A first instance');
const byCurl = await readmeCommands('README.md', 'The same with curl');
const ownPassword = 'a password of my own';

it('is the same to type in both languages', async () => {
  const chinese = await readmeCommands('README.zh-CN.md', '第一台云主机');
  expect(chinese.map(withoutRemark)).toEqual(byCommandLine.map(withoutRemark));
  const curl = (commands: string[]) => commands.map(withoutRemark).filter((command) => !/PASSWORD='/.test(command));
  expect(curl(await readmeCommands('README.zh-CN.md', '使用 curl'))).toEqual(curl(byCurl));
});

const mayChangeTheKernel = process.getuid?.() === 0;
if (!mayChangeTheKernel) console.log('readme-first-instance: skipped, networks of guests need root');

describe.skipIf(!mayChangeTheKernel)('the first hour', () => {
  let platform: Platform;
  beforeAll(async () => {
    await testGuest();
    platform = await startPlatform();
    // The browser: signed in with the printed password, another one set.
    await platform.client.changePassword({ body: { currentPassword: platform.password, newPassword: ownPassword } });
    await platform.zhiyun('context', 'remove', new URL(platform.url).host);
  });
  afterAll(async () => {
    await platform?.[Symbol.asyncDispose]();
  });

  async function typed(commands: readonly string[], input = ''): Promise<string> {
    const script = ['set -e', ...commands]
      .join('\n')
      .replaceAll('/var/lib/zhiyun', platform.home)
      .replaceAll('https://127.0.0.1:8443', platform.url)
      .replace('the password that you have set', ownPassword);
    const env = {
      ...process.env,
      ZHIYUN_HOME: platform.home,
      XDG_CONFIG_HOME: join(platform.home, 'user'),
      XDG_CACHE_HOME: join(checkout, '.cache'),
    };
    const { status, stdout, stderr } = await run('bash', ['-c', `cd ${checkout}\n${script}`], { env, input });
    expect(status, `${script}\n${stdout}\n${stderr}`).toBe(0);
    return stdout;
  }

  it('goes by the command line', async () => {
    expect(byCommandLine[0]).toMatch(/^\.\/zhiyun login\b/);
    for (const command of byCommandLine) {
      const said = await typed([command], command.includes('login') ? `${ownPassword}\n` : '');
      if (command.includes('instance list')) expect(said).toMatch(/^web-1 +running/m);
    }
  });

  it('goes with curl', async () => {
    const said = await typed(byCurl);
    expect(said.match(/"state":"succeeded"/g)?.length).toBeGreaterThanOrEqual(3);
    expect(said).toContain('wss://');
    expect(said).not.toContain('"code"');
  });
});
