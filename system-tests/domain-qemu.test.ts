/**
 * A domain of three real hosts with real guests: an image moves between Storage Servers while it is used, a node is taken out once
 * it is empty, and one is given up that is lost with a guest on it. One story, told in order; the node is lost first, for it must
 * be gone for a while.
 */
import { glob } from 'node:fs/promises';
import type { Image, Instance } from '@zhiyun/contracts';
import { createLab, type Lab, type LabHost, labMissing, skippable, waitFor } from '@zhiyun/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFailed } from 'vitest';
import { testGuest } from './src/guest.ts';
import { typeIn } from './src/lab-shell.ts';

const missing = labMissing();

describe.skipIf(missing)(skippable('a domain with guests', missing), () => {
  let lab: Lab;
  let first: LabHost;
  let second: LabHost;
  let third: LabHost;
  let join = '';
  const zhiyun = (command: string, host = first) => typeIn(host, `./zhiyun ${command}`);

  beforeAll(async () => {
    lab = await createLab({ hosts: ['server-1', 'server-2', 'server-3'] });
    [first, second, third] = [lab.host('server-1'), lab.host('server-2'), lab.host('server-3')];
    const { path } = await testGuest();
    await zhiyun('up --detach');
    await zhiyun('login --password-file $ZHIYUN_HOME/initial-admin-password');
    await zhiyun(`image import ${path} --name test --storage-server server-1`);
    const { token } = JSON.parse(await zhiyun('join-token create --role node-client,storage-server --uses any --json'));
    join = `join --token ${token} --detach --role`;
    await zhiyun(`${join} node-client,storage-server`, second);
    await zhiyun(`${join} node-client`, third);
  });
  afterAll(async () => {
    await lab?.[Symbol.asyncDispose]();
  });
  beforeEach(() => {
    onTestFailed(() => console.log(lab.report()));
  });

  const show = async <Item>(what: string): Promise<Item> => JSON.parse(await zhiyun(`${what} --json`));
  const instance = (name: string) => show<Instance>(`instance show ${name}`);
  /** On the only node that takes instances. */
  async function create(name: string, on: LabHost, more = ''): Promise<void> {
    for (const host of [first, second, third])
      await zhiyun(`node ${host === on ? 'resume' : 'pause'} ${host.name}`).catch(() => {});
    await zhiyun(`instance create ${name} --memory 256MiB --disk image=test ${more}`);
    expect((await instance(name)).node?.name).toBe(on.name);
  }
  /** Asked on its node. */
  async function answers(name: string, on: LabHost): Promise<string> {
    const { address } = await instance(name);
    return waitFor(() => typeIn(on, `curl -s -m 2 http://${address}/cgi-bin/info`), {
      timeoutMs: 120_000,
      describe: `${name} to answer on its node`,
    });
  }
  const refusal = (command: string, host = first) =>
    zhiyun(command, host).then(
      (said) => Promise.reject(new Error(`It was not refused: ${said}`)),
      (error: Error) => error.message,
    );
  async function filesOf(pattern: string, { home }: LabHost): Promise<string[]> {
    return Array.fromAsync(glob(pattern, { cwd: home }));
  }

  it('loses a host with a guest on it', async () => {
    await create('left', third);
    await answers('left', third);
    await third.kill('all');
    await waitFor(async () => (await instance('left')).state === 'unknown', { describe: 'its guest to be unknown' });
    expect(await refusal('component remove node-client@server-3 --lost')).toMatch(/may only be restarting/);
    expect(await refusal('component remove node-client@server-3')).toMatch(/«left»/);
  });

  it('moves an image while it is used; what was made of it boots, and what is made of it then', async () => {
    await create('running', second);
    await create('stopped', second, '--no-start');
    await answers('running', second);
    const { id } = await show<Image>('image show test');
    expect(await zhiyun('image move test --to server-2')).toMatch(/succeeded/);
    expect((await show<Image>('image show test')).storageServer?.name).toBe('server-2');
    expect(await filesOf(`storage-server/**/*${id}*`, first)).toEqual([]);
    expect(await filesOf(`storage-server/**/*${id}*`, second)).not.toEqual([]);

    await create('fresh', first);
    await answers('fresh', first);
    await zhiyun('instance start stopped');
    await answers('stopped', second);
    await zhiyun('instance kill stopped');
  });

  it('takes a node out only when it is empty, and leaves nothing on it', async () => {
    const before = await answers('running', second);
    const refused = await refusal('component remove node-client@server-2');
    expect(refused).toMatch(/«running», «stopped»/);
    expect(await answers('running', second)).toBe(before);
    expect(await instance('stopped')).toMatchObject({ state: 'stopped', stopReason: 'killed' });

    for (const name of ['running', 'stopped']) await zhiyun(`instance delete ${name} --yes`);
    expect(await zhiyun('component remove node-client@server-2')).toMatch(/succeeded/);
    expect(await zhiyun('node list')).not.toMatch(/server-2/);
    expect(await typeIn(second, 'ps ax -o comm=')).not.toMatch(/qemu/);
    expect(await filesOf('node-client/instances/*', second)).toEqual([]);
    await answers('fresh', first);
  });

  it('gives a lost node up without touching its disks, and refuses it when it is back', async () => {
    const { id } = await instance('left');
    await waitFor(() => zhiyun('component remove node-client@server-3 --lost').catch(() => ''), {
      timeoutMs: 120_000,
      describe: 'it to be gone for long enough',
    });
    expect(await instance('left')).toMatchObject({ state: 'lost', node: null });
    expect(await refusal('instance start left')).toMatch(/removed as lost/);

    expect(await refusal('up --detach', third)).toMatch(/removed/);
    expect(await filesOf(`node-client/instances/${id}/**/*.qcow2`, third)).not.toEqual([]);
    expect(await zhiyun('node list')).not.toMatch(/server-3/);
    await zhiyun('instance delete left --yes');
    await zhiyun(`${join} node-client`, third);
    expect(await filesOf(`node-client/instances/${id}/**/*.qcow2`, third)).not.toEqual([]);
  });
});
