/** The first ten minutes of a new user, on a real platform with a real guest, by CLI and REST. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Operation } from '@zhiyun/contracts';
import { RestError } from '@zhiyun/contracts/rest';
import { skippable, unmet } from '@zhiyun/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { testGuest } from './src/guest.ts';
import { qemuProcesses, tracesOf } from './src/leftovers.ts';
import { type Platform, processGone, startPlatform, until } from './src/platform.ts';
import { openSerial } from './src/serial.ts';

const missing = unmet({ rootFor: 'networks of guests' });

describe.skipIf(missing)(skippable('a platform with one instance', missing), () => {
  let platform: Platform;
  let id = '';
  beforeAll(async () => {
    platform = await startPlatform();
  });
  afterAll(async () => {
    await platform?.[Symbol.asyncDispose]();
  });

  const instance = () => platform.client.getInstance({ params: { id } });
  const ended = async (operation: Operation) =>
    platform.client.getOperation({ params: { id: operation.id }, query: { waitSeconds: 60 } });
  const guestInfo = async () =>
    (await (await fetch(`http://${(await instance()).address}/cgi-bin/info`)).json()) as { boots: number };

  test('an image is uploaded by the CLI and found to be what it is', async () => {
    const guest = await testGuest();
    const { status, stdout, stderr } = await platform.zhiyun(
      'image',
      'upload',
      guest.path,
      '--name',
      'guest',
      '--sha256',
      guest.sha256,
      '--json',
    );
    expect(status, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      name: 'guest',
      kind: 'disk',
      state: 'ready',
      format: 'qcow2',
      sha256: guest.sha256,
    });
  });

  test('an instance is created and boots', async () => {
    const { status, stdout, stderr } = await platform.zhiyun(
      'instance',
      'create',
      'web-1',
      '--memory',
      '256MiB',
      '--disk',
      'image=guest',
      '--json',
    );
    expect(status, stderr).toBe(0);
    const operation = JSON.parse(stdout) as Operation;
    expect(operation.state, JSON.stringify(operation.error)).toBe('succeeded');
    id = operation.target.id;
    using serial = await openSerial(platform, id);
    await serial.expect(/READY ip=100\.\d+\.\d+\.\d+/);
    expect(await instance()).toMatchObject({ state: 'running', name: 'web-1' });
  });

  test('its serial console takes what is typed, and a ticket only once', async () => {
    using serial = await openSerial(platform, id);
    await serial.expect(/\/ # /);
    serial.type('echo sum=$((40+2))\n');
    await serial.expect(/sum=42/);
    const { url } = await platform.client.createSerialTicket({ params: { id } });
    const statusOf = async () => {
      const socket = new WebSocket(url, { ca: platform.ca });
      const { promise, resolve } = Promise.withResolvers<number>();
      socket.once('open', () => resolve(101));
      socket.once('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
      socket.once('error', () => {});
      const status = await promise;
      socket.terminate();
      return status;
    };
    expect(await statusOf()).toBe(101);
    expect(await statusOf()).toBe(403);
  });

  test('its display speaks RFB, and its screen is a PNG', async () => {
    const { url } = await platform.client.createDisplayTicket({ params: { id } });
    const socket = new WebSocket(url, { ca: platform.ca });
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    socket.once('message', (bytes: Buffer) => resolve(bytes.toString('latin1')));
    socket.once('error', reject);
    expect(await promise).toMatch(/^RFB 003\.\d{3}\n/);
    socket.terminate();
    const picture = Buffer.from(await (await platform.client.getScreenshot({ params: { id } })).arrayBuffer());
    expect(picture.subarray(1, 4).toString()).toBe('PNG');
  });

  test('it can be reached from its node, and rebooted', async () => {
    await until(async () => (await guestInfo()).boots === 1, 'the first boot to answer HTTP');
    const operation = await ended(await platform.client.rebootInstance({ params: { id } }));
    expect(operation.state, JSON.stringify(operation.error)).toBe('succeeded');
    await until(async () => (await guestInfo()).boots === 2, 'the second boot to answer HTTP');
  });

  test('QEMU is unprivileged and sealed', async () => {
    const [qemu] = await qemuProcesses(platform.home);
    const status = await readFile(`/proc/${qemu?.pid}/status`, 'utf8');
    expect(status).toMatch(/^Uid:\s+[1-9]/m);
    expect(status).toMatch(/^NoNewPrivs:\s+1/m);
    expect(status).toMatch(/^Seccomp:\s+2/m);
  });

  test('the platform is killed -9 and comes back; the guest has not noticed', async () => {
    const [before] = await qemuProcesses(platform.home);
    const { boots } = await guestInfo();
    await platform.kill();
    await platform.up();
    await until(async () => (await instance()).state === 'running', 'the instance to be adopted');
    const [after] = await qemuProcesses(platform.home);
    expect(after?.pid).toBe(before?.pid);
    expect((await guestInfo()).boots).toBe(boots);
    using serial = await openSerial(platform, id);
    // The new agent knows nothing of the past; a new line brings a new prompt.
    serial.type('\n');
    await serial.expect(/\/ # /);
    serial.type('echo again=$((1+1))\n');
    await serial.expect(/again=2/);
  });

  test('a second platform on the same home is refused with the pid of the first', async () => {
    const { status, stderr } = await platform.zhiyun('up', '--listen', '127.0.0.1:0', '--detach');
    expect(status).not.toBe(0);
    expect(stderr).toContain(`pid ${platform.pid}`);
  });

  test('down leaves it running, the next up takes it over', async () => {
    const [before] = await qemuProcesses(platform.home);
    await platform.down();
    expect(await processGone(before?.pid ?? 0)).toBe(false);
    await platform.up();
    await until(async () => (await instance()).state === 'running', 'the instance to be adopted');
  });

  test('a guest whose QEMU dies shows as stopped, with the reason', async () => {
    const [qemu] = await qemuProcesses(platform.home);
    process.kill(qemu?.pid ?? 0, 'SIGKILL');
    await until(async () => (await instance()).state === 'stopped', 'the death to be seen');
    expect((await instance()).stopReason).toBe('crashed');
    expect((await ended(await platform.client.startInstance({ params: { id } }))).state).toBe('succeeded');
  });

  test('a guest that is told to shut down does', async () => {
    using serial = await openSerial(platform, id);
    await serial.expect(/READY/);
    const operation = await ended(await platform.client.stopInstance({ params: { id } }));
    expect(operation.state, JSON.stringify(operation.error)).toBe('succeeded');
    expect(await instance()).toMatchObject({ state: 'stopped', stopReason: 'requested' });
  });

  test('what is wrong is said precisely', async () => {
    const refusal = async (promise: Promise<unknown>) => {
      const error = await promise.then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      if (!(error instanceof RestError)) throw new Error(`expected a refusal, got ${error}`);
      return error.problem;
    };
    const { createInstance } = platform.client;
    const small = { cores: 1, memoryBytes: 256 * 1024 * 1024 };
    expect(await refusal(createInstance({ body: { ...small, name: 'web-1' } }))).toMatchObject({ code: 'name-taken' });
    expect(
      await refusal(createInstance({ body: { ...small, name: 'huge', memoryBytes: 4 * 1024 ** 4 } })),
    ).toMatchObject({ code: 'insufficient-capacity' });
    expect(await refusal(createInstance({ body: { ...small, name: 'cd', iso: 'guest' } }))).toMatchObject({
      code: 'image-wrong-kind',
    });
    expect(await refusal(platform.client.deleteImage({ params: { id: 'guest' } }))).toMatchObject({ code: 'in-use' });
  });

  test('it is deleted and nothing is left', async () => {
    const operation = await ended(await platform.client.deleteInstance({ params: { id } }));
    expect(operation.state, JSON.stringify(operation.error)).toBe('succeeded');
    expect(await tracesOf(platform.home, id)).toEqual([]);
    expect(await qemuProcesses(platform.home)).toEqual([]);
    const deleted = await ended(await platform.client.deleteImage({ params: { id: 'guest' } }));
    expect(deleted.state, JSON.stringify(deleted.error)).toBe('succeeded');
  });

  test('the first password is readable by its owner only', async () => {
    expect((await stat(join(platform.home, 'initial-admin-password'))).mode & 0o777).toBe(0o600);
  });
});
