/**
 * A domain of two hosts that the first release has made, with guests on both, is brought up to date: first the host with the Control
 * Server, whose node then has one of the old release beside it, then that one. Nobody's guest notices. One story, told in order.
 *
 * It stays for every later change of a shape; what it shows to be broken is mended in the reader (docs/guides/change-a-shape.md), not here.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Image, Instance, Node, Operation } from '@zhiyun/contracts';
import { createLab, type Lab, type LabHost, labMissing, skippable, waitFor } from '@zhiyun/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFailed } from 'vitest';
import { testGuest } from './src/guest.ts';
import { converseIn, giveShortHome, typeIn } from './src/lab-shell.ts';
import { processesWith, tracesOf } from './src/leftovers.ts';
import { checkOutOldRelease, firstRelease, type OldRelease } from './src/old-release.ts';

const missing = labMissing();

describe.skipIf(missing)(skippable('a domain of the first release', missing), () => {
  let lab: Lab;
  let control: LabHost;
  let worker: LabHost;
  let old: OldRelease;
  const zhiyun = (command: string, host = control) => typeIn(host, `./zhiyun ${command}`);
  const oldZhiyun = (command: string, host = control) => typeIn(host, `./zhiyun ${command}`, old.tree);
  const show = async <Item>(what: string, by = zhiyun): Promise<Item> => JSON.parse(await by(`${what} --json`));
  const instance = (name: string, by = zhiyun) => show<Instance>(`instance show ${name}`, by);

  /** The process of the guest, as the machine counts it. */
  async function pidOf(id: string): Promise<number | undefined> {
    const machines = (await processesWith(id)).filter(({ command }) => /^\S*qemu-system/.test(command));
    expect(machines.length).toBeLessThan(2);
    return machines[0]?.pid;
  }
  interface Guest {
    id: string;
    pid: number | undefined;
    boots: number;
    /** Drawn by the node of the old release; Control adopts it. */
    address: string | null;
  }
  const guests = new Map<string, Guest>();

  async function boots({ address }: Instance, on: LabHost): Promise<number> {
    const answer = await waitFor(() => typeIn(on, `curl -s -m 5 http://${address}/cgi-bin/info`), {
      timeoutMs: 120_000,
      describe: 'the guest to answer on its node',
    });
    return (JSON.parse(answer) as { boots: number }).boots;
  }
  async function requireUntouched(name: string, on: LabHost): Promise<void> {
    await waitFor(async () => (await instance(name)).state === 'running', { describe: `${name} to be taken over` });
    const { id, pid } = guests.get(name) ?? {};
    expect(await pidOf(id ?? '')).toBe(pid);
    const found = await instance(name);
    expect(found.address).toBe(guests.get(name)?.address);
    expect(await boots(found, on)).toBe(guests.get(name)?.boots);
  }
  /** Types into its serial console. */
  async function requireConsole(name: string): Promise<void> {
    const console_ = await converseIn(control, `./zhiyun instance console ${name}`);
    console_.stdin?.write('\n');
    await console_.says(/\/ # /, 60_000);
    console_.stdin?.write('echo sum=$((40+2))\n');
    await console_.says(/sum=42/);
    await console_.kill();
  }
  const nodesOnline = async () =>
    (await show<{ items: Node[] } | Node[]>('node list').then(itemsOf)).filter(({ state }) => state === 'online')
      .length;

  // An upload half done, as the console or any tus client leaves it.
  let imagePath = '';
  let imageSize = 0;
  let upload: Image;
  const half = () => Math.floor(imageSize / 2);
  async function call(path: string, ...more: string[]): Promise<string> {
    const session = JSON.parse(await readFile(join(control.home, 'api-session'), 'utf8')) as { token: string };
    const given = [
      '-sS',
      '--fail-with-body',
      '--cacert',
      '/srv/ca.pem',
      '-H',
      `authorization: Bearer ${session.token}`,
    ];
    return control.exec('curl', [...given, ...more, `https://127.0.0.1:8443${path}`]);
  }
  const tus = ['-H', 'tus-resumable: 1.0.0', '-H', 'content-type: application/offset+octet-stream'];
  const send = (offset: number, file: string) =>
    call(upload.uploadUrl ?? '', '-X', 'PATCH', ...tus, '-H', `upload-offset: ${offset}`, '--data-binary', `@${file}`);
  async function signInByRest(): Promise<void> {
    const password = (await readFile(join(control.home, 'initial-admin-password'), 'utf8')).trim();
    const body = JSON.stringify({ username: 'admin', password });
    const session = ['--cacert', '/srv/ca.pem', '-H', 'content-type: application/json', '-d', body];
    await control.exec('curl', ['-sS', ...session, '-o', '/srv/api-session', 'https://127.0.0.1:8443/api/v1/sessions']);
  }

  beforeAll(async () => {
    old = await checkOutOldRelease(firstRelease);
    lab = await createLab({ hosts: ['control', 'worker'] });
    [control, worker] = [lab.host('control'), lab.host('worker')];
    await Promise.all(lab.hosts.map(giveShortHome));
    ({ path: imagePath, sizeBytes: imageSize } = await testGuest());
    await oldZhiyun('up --detach');
    await oldZhiyun('login --password-file $ZHIYUN_HOME/initial-admin-password');
    await oldZhiyun(`image import ${imagePath} --name test`);
    const create = (name: string, more = '') =>
      oldZhiyun(`instance create ${name} --memory 128MiB --disk image=test ${more}`);
    await create('running');
    await create('stopped', '--no-start');
    const { token } = JSON.parse(await oldZhiyun('join-token create --role node-client --json')) as { token: string };
    await oldZhiyun(`join --token ${token} --detach --role node-client`, worker);
    await waitFor(() => oldZhiyun('node pause control'), { describe: 'the first node to be paused' });
    await create('remote');
    await oldZhiyun('node resume control');
    await signInByRest();
    const wanted = JSON.stringify({ name: 'half', kind: 'disk', sizeBytes: imageSize });
    upload = JSON.parse(await call('/api/v1/images', '-H', 'content-type: application/json', '-d', wanted)) as Image;
    await control.exec('sh', [
      '-c',
      `head -c ${half()} "$1" >/srv/first; tail -c +${half() + 1} "$1" >/srv/rest`,
      'sh',
      imagePath,
    ]);
    await send(0, '/srv/first');
    for (const [name, on] of [
      ['running', control],
      ['remote', worker],
    ] as const) {
      const shown = await instance(name, oldZhiyun);
      expect(shown.node?.name).toBe(on.name);
      const { id, address } = shown;
      guests.set(name, { id, boots: await boots(shown, on), pid: await pidOf(id), address });
    }
    await oldZhiyun('down');
  });
  afterAll(async () => {
    await lab?.[Symbol.asyncDispose]();
    await old?.[Symbol.asyncDispose]();
  });
  beforeEach(() => {
    onTestFailed(async () => {
      const tail = (host: LabHost) => readFile(join(host.home, 'log/platform.log'), 'utf8').catch(() => 'no log');
      for (const host of lab.hosts) console.log(`${host.name}: ${(await tail(host)).slice(-8_000)}`);
      console.log(lab.report());
    });
  });

  it('is started by this release over the same home, and no guest notices', async () => {
    await zhiyun('up --detach');
    await waitFor(async () => (await nodesOnline()) === 2, { describe: 'both nodes, the old one too' });
    await requireUntouched('running', control);
    await requireUntouched('remote', worker);
    expect(await instance('stopped')).toMatchObject({ state: 'stopped' });
  });

  it('has the upload go on where it was', async () => {
    const head = await call(upload.uploadUrl ?? '', '-I', ...tus);
    expect(head.toLowerCase()).toContain(`upload-offset: ${half()}`);
    await send(half(), '/srv/rest');
    await waitFor(async () => (await show<Image>('image show half')).state === 'ready', { describe: 'the image' });
  });

  it('is managed: what ran and what did not', async () => {
    await requireConsole('running');
    await zhiyun('instance start stopped');
    expect(await boots(await instance('stopped'), control)).toBe(1);
    await zhiyun('instance stop running');
    expect(await instance('running')).toMatchObject({ state: 'stopped', stopReason: 'requested' });
    await zhiyun('instance start running');
    expect((await instance('running')).address).toBe(guests.get('running')?.address);
    expect(await boots(await instance('running'), control)).toBe((guests.get('running')?.boots ?? 0) + 1);
  });

  it('has a node of the old release beside it, which takes orders', async () => {
    expect((await instance('remote')).node?.name).toBe('worker');
    for (const path of ['instances/remote/usage', 'nodes/worker/load'])
      await waitFor(async () => itemsOf(JSON.parse(await call(`/api/v1/${path}`))).length > 0, { describe: path });
    await requireConsole('remote');
    await zhiyun('instance stop remote');
    await zhiyun('instance start remote');
    await zhiyun('node pause control');
    await zhiyun('instance create made-there --memory 128MiB --disk image=half');
    const made = await instance('made-there');
    expect(made.node?.name).toBe('worker');
    expect(await boots(made, worker)).toBe(1);
    await zhiyun('instance delete made-there --yes');
    expect(await pidOf(made.id)).toBeUndefined();
    await zhiyun('node resume control');
    const remote = await instance('remote');
    const { id, address } = remote;
    expect(address).toBe(guests.get('remote')?.address);
    guests.set('remote', { id, boots: await boots(remote, worker), pid: await pidOf(id), address });
  });

  it('has that node brought up to date as well, and its guest does not notice', async () => {
    await typeIn(worker, './zhiyun down', old.tree);
    await zhiyun('up --detach', worker);
    await waitFor(async () => (await nodesOnline()) === 2, { describe: 'the second node to be back' });
    await requireUntouched('remote', worker);
  });

  it('deletes all of it, and nothing is left', async () => {
    for (const name of ['running', 'stopped', 'remote']) {
      const { id } = await instance(name);
      const deleted = await show<Operation>(`instance delete ${name} --yes`);
      expect(deleted.state).toBe('succeeded');
      for (const host of lab.hosts) expect(await tracesOf(host.home, id)).toEqual([]);
    }
    await zhiyun('image delete test');
    await zhiyun('image delete half');
  });
});

function itemsOf<Item>(shown: { items: Item[] } | Item[]): Item[] {
  return Array.isArray(shown) ? shown : shown.items;
}
