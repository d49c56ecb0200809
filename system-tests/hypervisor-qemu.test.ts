/** Real QEMU with guests of a few bytes: the contract of every hypervisor, and what is QEMU's own. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newId, silentLogger, systemClock } from '@zhiyun/kernel';
import { createQemuHypervisor, type Hypervisor, type MachineSpec } from '@zhiyun/node-client/hypervisor';
import {
  commandLine,
  directStarter,
  findHypervisorUser,
  guestRuns,
  heard,
  hypervisorContract,
  identify,
  machineFiles,
  probeAccelerator,
} from '@zhiyun/node-client/hypervisor/testing';
import { skippable, unmet } from '@zhiyun/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deadDisk, echoDisk, echoIso, typed } from './hypervisor-guests.ts';
import { makeDirectory, QemuNode } from './qemu-node.ts';
import { joinDisplay } from './rfb-viewer.ts';

const macAddress = '52:54:00:00:00:01';
const missing = unmet({ rootFor: 'machines of another account', programs: ['qemu-system-x86_64'] });

describe.skipIf(missing)(skippable('QEMU', missing), () => {
  hypervisorContract('qemu', async () => new QemuNode(await makeDirectory()));

  let node: QemuNode;
  let hypervisor: Hypervisor;
  beforeAll(async () => {
    node = new QemuNode(await makeDirectory());
    hypervisor = await node.hypervisor();
  });
  afterAll(async () => {
    await hypervisor[Symbol.asyncDispose]();
    await node[Symbol.asyncDispose]();
  });

  test('runs as a user without rights, in a sandbox, a session and a control group of its own', async () => {
    const spec = await node.spec('good');
    const machine = await hypervisor.launch(spec);
    const { pid } = machine.handle;
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    const field = (name: string) => new RegExp(`^${name}:\\s+(.*)$`, 'm').exec(status)?.[1]?.split(/\s+/);
    const user = await findHypervisorUser();
    expect(field('Uid')).toEqual(Array(4).fill(String(user?.uid)));
    expect(field('Gid')).toEqual(Array(4).fill(String(user?.gid)));
    expect(field('CapEff')).toEqual(['0000000000000000']);
    expect(field('NoNewPrivs')).toEqual(['1']);
    expect(field('Seccomp')).toEqual(['2']);

    const [, group, session] = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ').slice(1) ?? [];
    expect([group, session]).toEqual([String(pid), String(pid)]);
    const cgroups = await node.cgroups();
    if (cgroups.version !== 'none')
      expect(await readFile(`/proc/${pid}/cgroup`, 'utf8')).toContain(`/zhiyun/${node.name}/${spec.instanceId}`);
    await machine.kill();
  });

  test('only its own user can reach its sockets', async () => {
    const spec = await node.spec('good');
    const machine = await hypervisor.launch(spec);
    const files = machineFiles(spec.directory);
    const user = await findHypervisorUser();
    expect(await stat(files.run)).toMatchObject({ uid: user?.uid, mode: 0o40700 });
    for (const socket of [files.monitor, files.serial, files.display, files.guestAgent]) {
      expect((await stat(socket)).mode & 0o077, socket).toBe(0);
    }
    expect(await stat(files.log)).toMatchObject({ uid: 0, mode: 0o100640 });
    await machine.kill();
  });

  test('a launch that fails says what QEMU said', async () => {
    const spec = await node.spec('good');
    const notQcow2 = [{ id: newId(), layers: [{ path: node.diskOf(spec), format: 'qcow2' as const }] }];
    await expect(hypervisor.launch({ ...spec, disks: notQcow2 })).rejects.toThrow('not in qcow2 format');
    await expect(hypervisor.launch({ ...spec, nics: [{ tap: 'no-such-tap', macAddress }] })).rejects.toThrow(
      'no-such-tap',
    );
    await expect(hypervisor.launch({ ...spec, memoryBytes: 2 ** 55 })).rejects.toThrow(/memory/);
    expect(await node.remains(spec)).toEqual([]);
  });

  test('two machines never write one disk', async () => {
    const spec = await node.spec('good');
    const machine = await hypervisor.launch(spec);
    const { instanceId, directory } = await node.spec('good');
    await expect(hypervisor.launch({ ...spec, instanceId, directory })).rejects.toThrow('lock');
    await machine.kill();
  });

  test('a blank disk falls through to the CD', async () => {
    const spec = await node.spec('good');
    const isoPath = join(spec.directory, 'medium.iso');
    await writeFile(isoPath, echoIso(), { mode: 0o644 });
    await writeFile(node.diskOf(spec), Buffer.alloc(1024 * 1024));
    const machine = await hypervisor.launch({ ...spec, isoPath });
    await heard(machine.openSerial(), /R/);
    await machine.kill();
  });

  test('a medium behind a disk that cannot really be started is reached: at every start, or once', async () => {
    const spec = await node.spec('good');
    const isoPath = join(spec.directory, 'medium.iso');
    await writeFile(isoPath, echoIso('C'), { mode: 0o644 });
    const start = async (disk: Buffer, boot: MachineSpec['boot']) => {
      await writeFile(node.diskOf(spec), disk);
      const machine = await hypervisor.launch({ ...spec, isoPath, boot });
      return { machine, serial: machine.openSerial() };
    };
    const always = await start(deadDisk(), { first: 'cd', menu: false });
    await heard(always.serial, /C$/);
    await always.machine.reset();
    await heard(always.serial, /C$/);
    await always.machine.kill();

    const once = await start(echoDisk('D'), { first: 'disk', once: 'cd', menu: false });
    await heard(once.serial, /C$/);
    await once.machine.reset();
    await heard(once.serial, /D$/);
    await once.machine.kill();

    // An empty drive, or a medium that cannot be started, is passed over.
    await writeFile(isoPath, Buffer.alloc(64 * 2048));
    const passed = await start(echoDisk('D'), { first: 'cd', menu: true });
    await heard(passed.serial, /D$/);
    await passed.machine.kill();
  });

  test('what a guest says at once is heard, however late its agent comes', async () => {
    const late = { ...directStarter, startDetached: startAndWait };
    await using agent = await createQemuHypervisor({ ...node.options, starter: late });
    const machine = await agent.launch(await node.spec('good'));
    await heard(machine.openSerial(), /^R/);
    await machine.kill();
  });

  test('a machine whose agent was killed before its first step takes it with the next', async () => {
    const spec = await node.spec('good');
    const files = machineFiles(spec.directory);
    await mkdir(files.run, { mode: 0o700 });
    const user = await findHypervisorUser();
    if (user) await chown(files.run, user.uid, user.gid);
    const { pid } = await directStarter.startDetached({
      program: 'qemu-system-x86_64',
      parameters: commandLine(spec, { machineType: 'pc', accelerator: 'tcg' }),
      environment: {},
      user,
      logPath: files.log,
      logHeader: '',
    });
    const handle = await identify(pid);
    if (!handle) throw new Error('It did not start');
    const found = await hypervisor.adopt(spec, handle);
    if ('ended' in found) throw new Error('It had ended');
    await heard(found.machine.openSerial(), /R/);
    await found.machine.kill();
  });

  test('a viewer that does not ask to share is let in, and throws nobody out', async () => {
    const machine = await hypervisor.launch(await node.spec('good'));
    const first = await joinDisplay(await machine.openDisplay(), { shared: true });
    const second = await joinDisplay(await machine.openDisplay(), { shared: false });
    expect(await first.answers()).toBe(true);
    expect(await second.answers()).toBe(true);
    await machine.kill();
  });

  test('opens a tap made for its user', async ({ skip }) => {
    skip(
      ((await stat('/dev/net/tun')).mode & 0o006) !== 0o006,
      '/dev/net/tun is closed to all but root (chmod 0666 /dev/net/tun)',
    );
    const user = await findHypervisorUser();
    const tap = `zyt${process.pid}`;
    execFileSync('ip', ['tuntap', 'add', tap, 'mode', 'tap', 'user', String(user?.uid)]);
    try {
      execFileSync('ip', ['link', 'set', tap, 'up']);
      const machine = await hypervisor.launch({ ...(await node.spec('good')), nics: [{ tap, macAddress }] });
      expect(await readFile(`/sys/class/net/${tap}/carrier`, 'utf8')).toBe('1\n');
      await heard(machine.openSerial(), /R/);
      await machine.kill();
    } finally {
      execFileSync('ip', ['link', 'delete', tap]);
    }
  });

  test('a signal from outside is not taken for a crash', async () => {
    const machine = await hypervisor.launch(await node.spec('good'));
    process.kill(machine.handle.pid, 'SIGTERM');
    expect(await machine.ended).toEqual({ reason: 'killed', detail: expect.stringContaining('signal') });
  });

  test('a link put in the way of a screenshot is not followed', async () => {
    const spec = await node.spec('good');
    const machine = await hypervisor.launch(spec);
    const { run, screenshot } = machineFiles(spec.directory);
    const user = await findHypervisorUser();
    const elsewhere = join(run, 'elsewhere');
    execFileSync('ln', ['-s', elsewhere, screenshot]);
    if (user !== null) execFileSync('chown', ['-h', `${user.uid}:${user.gid}`, screenshot]);
    await expect(machine.screenshot()).rejects.toMatchObject({ code: 'node-fault' });
    expect((await machine.screenshot()).length).toBeGreaterThan(0);
    await machine.kill();
  });

  test('a guest that floods its serial port does not hurt the agent', async () => {
    const machine = await hypervisor.launch(await node.spec('good'));
    const serial = machine.openSerial();
    await heard(serial, /R/);
    const before = process.cpuUsage();
    const started = performance.now();
    serial.write(typed.flood);
    for (let bytes = 0; bytes < 50_000; ) {
      const [chunk] = await once(serial, 'data');
      bytes += chunk.length;
    }
    const { user, system } = process.cpuUsage(before);
    const elapsedMs = performance.now() - started;
    const share = (user + system) / 1000 / elapsedMs;
    expect(share, 'share of one core').toBeLessThan(0.4);
    expect((await machine.screenshot()).length).toBeGreaterThan(0);
    await machine.kill();
  });

  test('hardware virtualisation is believed only when a guest was heard, and asked once per boot', async () => {
    const user = await findHypervisorUser();
    expect(await guestRuns('tcg', { binary: 'qemu-system-x86_64', user })).toBe(true);
    const cacheFile = join(node.directory, 'accelerator.json');
    const options = { binary: 'qemu-system-x86_64', version: '7.2.0', user, cacheFile, log: silentLogger };
    const found = await probeAccelerator(options);
    expect(await probeAccelerator({ ...options, binary: '/nowhere' })).toBe(found);
    expect(await probeAccelerator({ ...options, binary: '/nowhere', version: '9.0.0' })).toBe('tcg');
  });
});

/** As on a machine with too much to do. */
async function startAndWait(program: Parameters<typeof directStarter.startDetached>[0]) {
  const started = await directStarter.startDetached(program);
  await systemClock.sleep(1_500);
  return started;
}
