/**
 * README «Add a second server», word for word, on two hosts of a lab: real processes, real guests. Added is only what one machine
 * that plays several must be told: where each host's state lies. The checkout is one for both, and the first server is up.
 */
import type { Instance, Node } from '@zhiyun/contracts';
import { createLab, type Lab, type LabHost, labMissing, skippable, waitFor } from '@zhiyun/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFailed } from 'vitest';
import { testGuest } from './src/guest.ts';
import { typeIn } from './src/lab-shell.ts';
import { readmeCommands, withoutRemark } from './src/readme-commands.ts';

const missing = labMissing();

const commands = await readmeCommands('README.md', 'Add a second server');

it('is the same to type in both languages', async () => {
  const chinese = await readmeCommands('README.zh-CN.md', '添加第二台服务器');
  expect(chinese.map(withoutRemark)).toEqual(commands.map(withoutRemark));
});

describe.skipIf(missing)(skippable('a second server', missing), () => {
  let lab: Lab;
  let first: LabHost;
  let second: LabHost;
  let token = '';

  beforeAll(async () => {
    lab = await createLab({ hosts: ['server-1', 'server-2'] });
    [first, second] = [lab.host('server-1'), lab.host('server-2')];
    const { path } = await testGuest();
    await typeIn(first, './zhiyun up --detach');
    await typeIn(first, './zhiyun login --password-file $ZHIYUN_HOME/initial-admin-password');
    await typeIn(first, `./zhiyun image import ${path} --name test`);
  });
  afterAll(async () => {
    await lab?.[Symbol.asyncDispose]();
  });
  beforeEach(() => {
    onTestFailed(() => console.log(lab.report()));
  });

  /** Types the next command of the section, there. It must be the one that is meant. */
  async function typeNext(host: LabHost, beginning: string): Promise<string> {
    const command = commands.shift();
    expect(command).toMatch(new RegExp(`^\\./zhiyun ${beginning}`));
    const input = command?.includes('--token -') ? `echo ${token} | ` : '';
    const said = await typeIn(host, input + command);
    token = /^zy1\.\S+$/m.exec(said)?.[0] ?? token;
    return said;
  }
  const listed = async <Item>(what: string): Promise<Item[]> =>
    JSON.parse(await typeIn(first, `./zhiyun ${what} list --json`)).items;
  const isOnline = async (name: string) =>
    (await listed<Node>('node')).some((node) => node.name === name && node.state === 'online');

  it('joins by the command that the first one prints', async () => {
    const printed = await typeNext(first, 'join-token create');
    const [join] = /\.\/zhiyun join .*$/m.exec(printed) ?? [];
    expect(join).toBe(commands[0]);
    expect(await typeNext(second, 'join')).toMatch(/host server-2 of the domain zhiyun/);
  });

  it('is shown at once, with its roles', async () => {
    await waitFor(() => isOnline('server-2'), { describe: 'the second server to be online' });
    const nodes = await typeNext(first, 'node list');
    expect(nodes).toMatch(/^server-1 +online/m);
    expect(nodes).toMatch(/^server-2 +online/m);
    expect(await typeNext(first, 'component list')).toMatch(/^server-2 +storage-server +online/m);
  });

  it('has instances placed on it, which boot', async () => {
    await typeIn(first, './zhiyun node pause server-1');
    await typeIn(first, './zhiyun instance create web-1 --memory 256MiB --disk image=test');
    const [instance] = await listed<Instance>('instance');
    expect(instance).toMatchObject({ state: 'running', node: { name: 'server-2' } });
    await waitFor(() => typeIn(second, `curl -s -m 2 http://${instance?.address}/cgi-bin/info`), {
      timeoutMs: 120_000,
      describe: 'the guest to answer on its node',
    });
  });

  it('is started ever after without a token, and its instances ran on', async () => {
    await typeIn(second, './zhiyun down');
    await typeIn(second, './zhiyun up --detach');
    await waitFor(() => isOnline('server-2'), { describe: 'the second server to be back' });
    await waitFor(async () => (await listed<Instance>('instance'))[0]?.state === 'running', {
      describe: 'its instance to be adopted',
    });
  });

  it('gives a role up and takes it again, while it runs', async () => {
    const storage = async () => (await typeIn(first, './zhiyun component list')).match(/server-2 +storage-server/);
    expect(await typeNext(first, 'component remove')).toMatch(/succeeded/);
    await waitFor(async () => !(await storage()), { describe: 'the role to be gone' });
    await typeNext(first, 'join-token create');
    await typeNext(second, 'join');
    expect(commands).toEqual([]);
    expect(await storage()).not.toBeNull();
    expect(await listed('instance')).toMatchObject([{ state: 'running' }]);
  });
});
