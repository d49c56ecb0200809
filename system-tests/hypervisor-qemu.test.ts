/** Real QEMU with guests of a few bytes: the contract of every hypervisor, and what is QEMU's own. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmod,
  chown,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { instanceIdSchema } from '@zhiyun/contracts';
import { type Logger, newId, silentLogger, systemClock } from '@zhiyun/kernel';
import {
  createQemuHypervisor,
  type Hypervisor,
  type MachineCondition,
  type MachineSpec,
  type QemuHypervisorOptions,
} from '@zhiyun/node-client/hypervisor';
import {
  Cgroups,
  type ContractNode,
  type Controller,
  commandLine,
  connectUnix,
  directStarter,
  findHypervisorUser,
  guestRuns,
  heard,
  hypervisorContract,
  identify,
  machineFiles,
  probeAccelerator,
  QmpMonitor,
  readHierarchies,
} from '@zhiyun/node-client/hypervisor/testing';
import { skippable, unmet, waitFor } from '@zhiyun/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deadDisk, echoDisk, echoIso, typed } from './hypervisor-guests.ts';
import { joinDisplay } from './rfb-viewer.ts';

const missing = unmet({ rootFor: 'machines of another account', programs: ['qemu-system-x86_64'] });

const loggedWarnings: string[] = [];
const log: Logger = { ...silentLogger, warn: (_facts, message) => void loggedWarnings.push(message), child: () => log };

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

  test('a guest with a user of its own shares nothing with another: neither process, disk nor sockets', async () => {
    const [one, other] = [1_900_000_001, 1_900_000_002];
    const spec = { ...(await node.spec('good')), uid: one };
    await chown(node.diskOf(spec), one, one);
    const machine = await hypervisor.launch(spec);
    const files = machineFiles(spec.directory);
    const status = await readFile(`/proc/${machine.handle.pid}/status`, 'utf8');
    expect(status).toMatch(new RegExp(`^Uid:(\\s+${one}){4}$`, 'm'));
    expect(status).toMatch(/^Groups:\s*$/m);
    for (const path of [files.run, files.monitor, files.serial, files.display, files.guestAgent])
      expect(await stat(path), path).toMatchObject({ uid: one });
    const asOther = (command: string) =>
      execFileSync('sh', ['-c', command], { uid: other, gid: other, stdio: ['ignore', 'pipe', 'pipe'] });
    expect(() => asOther(`cat ${node.diskOf(spec)}`)).toThrow(/denied/);
    expect(() => asOther(`ls ${files.run}`)).toThrow(/denied/);
    expect(() => asOther(`kill -0 ${machine.handle.pid}`)).toThrow(/not permitted/);
    // With another's disk it does not start.
    const theft = { ...(await node.spec('good')), uid: other, disks: spec.disks };
    await expect(hypervisor.launch(theft)).rejects.toThrow(/denied/);
    await heard(machine.openSerial(), /R/);
    await machine.kill();
  });

  test('has limits of memory, processors and threads', async ({ skip }) => {
    const cgroups = await node.cgroups();
    skip(cgroups.version === 'none', 'no control groups here');
    const spec = await node.spec('good');
    const machine = await hypervisor.launch(spec);
    const read = (controller: Controller, file: string) =>
      readFile(join(cgroups.group(spec.instanceId).directory(controller) ?? '', file), 'utf8');
    const [memory, cpu] =
      cgroups.version === 'v2'
        ? [await read('memory', 'memory.max'), Number.parseInt(await read('cpu', 'cpu.max'), 10)]
        : [await read('memory', 'memory.limit_in_bytes'), Number(await read('cpu', 'cpu.cfs_quota_us'))];
    expect(Number(memory)).toBeGreaterThan(spec.memoryBytes);
    expect(Number(memory)).toBeLessThan(spec.memoryBytes + 3 * 1024 ** 3);
    expect(cpu).toBe(200_000);
    expect(await read('pids', 'pids.max')).toBe('512\n');
    await machine.kill();
  });

  test('a QEMU that takes more memory than it may is ended, and that is said', async ({ skip }) => {
    const cgroups = await node.cgroups();
    skip(cgroups.version === 'none', 'no control groups here');
    const spec = await node.spec('good');
    const machine = await hypervisor.launch(spec);
    const group = cgroups.group(spec.instanceId);
    const file = cgroups.version === 'v2' ? 'memory.max' : 'memory.limit_in_bytes';
    await writeFile(join(group.directory('memory') ?? '', file), String(200 * 1024 ** 2));
    // The leak is played by another process in the group, for QEMU has none.
    const leak = spawn('sh', ['-c', `read go; exec ${process.execPath} -e "Buffer.alloc(2 ** 29, 1)"`]);
    await group.add(leak.pid ?? 0);
    leak.stdin.write('\n');
    expect((await once(leak, 'exit'))[1]).toBe('SIGKILL');
    node.killProcess(machine.handle);
    expect(await machine.ended).toEqual({ reason: 'crashed', detail: expect.stringContaining('memory') });
  });

  test('the start of one node leaves the groups of another alone, and nothing stays of a node that ended', async ({
    skip,
  }) => {
    const cgroups = await node.cgroups();
    skip(cgroups.version === 'none', 'no control groups here');
    const spec = await node.spec('good');
    // Empty for a moment, as of a launch that is just under way.
    await cgroups.group(spec.instanceId).create({ memoryBytes: 2 ** 30, cores: 1 });
    const another = new QemuNode(await makeDirectory());
    const group = (await another.cgroups()).group(spec.instanceId);
    await (await another.hypervisor())[Symbol.asyncDispose]();
    expect(cgroups.group(spec.instanceId).exists).toBe(true);
    await cgroups.group(spec.instanceId).remove();
    expect(await exists(join(group.directory('cpu') ?? '', '..'))).toBe(false);
    await another[Symbol.asyncDispose]();
  });

  test('a machine in the group of an older release is found there, and that goes with it', async ({ skip }) => {
    const cgroups = await node.cgroups();
    skip(cgroups.version === 'none', 'no control groups here');
    const spec = await node.spec('good');
    const machine = await hypervisor.launch(spec);
    await machine.detach();
    const former = new Cgroups(await readHierarchies(), '.').group(spec.instanceId);
    await former.create({ memoryBytes: 2 ** 31, cores: 2 });
    await former.add(machine.handle.pid);
    await cgroups.group(spec.instanceId).remove();
    const found = await hypervisor.adopt(spec, machine.handle);
    if ('ended' in found) throw new Error('It had ended');
    expect((await found.machine.counters()).cpuNanoseconds).toBeGreaterThan(0);
    await found.machine.kill();
    expect(former.exists).toBe(false);
  });

  test('a launch that fails says what QEMU said', async () => {
    const spec = await node.spec('good');
    const notQcow2 = [{ id: newId(), layers: [{ path: node.diskOf(spec), format: 'qcow2' as const }] }];
    await expect(hypervisor.launch({ ...spec, disks: notQcow2 })).rejects.toThrow('not in qcow2 format');
    await expect(hypervisor.launch({ ...spec, tap: 'no-such-tap' })).rejects.toThrow('no-such-tap');
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

  test('a QEMU that hangs is told within 15 s, refuses at once what needs an answer, and is told well again', async () => {
    const machine = await hypervisor.launch(await node.spec('good'));
    const told: (MachineCondition | null)[] = [];
    machine.conditions.on((condition) => told.push(condition));
    const { pid } = machine.handle;
    process.kill(pid, 'SIGSTOP');
    await expect.poll(() => told.at(-1), { timeout: 15_000 }).toBe('not-responding');
    const asked = performance.now();
    for (const ask of [machine.powerDown(), machine.screenshot(), machine.counters(), machine.reset()])
      await expect(ask).rejects.toMatchObject({ code: 'timeout' });
    expect(performance.now() - asked).toBeLessThan(1_000);
    process.kill(pid, 'SIGCONT');
    await expect.poll(() => told.at(-1), { timeout: 15_000 }).toBeNull();
    process.kill(pid, 'SIGSTOP');
    await machine.kill();
    expect((await machine.ended).reason).toBe('killed');
  });

  test('a guest that somebody else has paused is told, and a reset lets it go on', async () => {
    const spec = await node.spec('good');
    const launched = await hypervisor.launch(spec);
    await launched.detach();
    const other = await connectUnix(machineFiles(spec.directory).monitor);
    await heard(other, /"QMP"/);
    other.write('{"execute":"qmp_capabilities"}');
    await heard(other, /"return"/);
    other.write('{"execute":"stop"}');
    await heard(other, /"STOP"/);
    other.destroy();
    const found = await hypervisor.adopt(spec, launched.handle);
    if ('ended' in found) throw new Error('It had ended');
    const { machine } = found;
    const told: (MachineCondition | null)[] = [];
    machine.conditions.on((condition) => told.push(condition));
    await expect.poll(() => told.at(-1), { timeout: 15_000 }).toBe('paused');
    await machine.reset();
    await expect.poll(() => told.at(-1), { timeout: 15_000 }).toBeNull();
    await heard(machine.openSerial(), /R/);
    await machine.kill();
  });

  test('a QEMU that is stuck is found again and killed all the same', async () => {
    const spec = await node.spec('good');
    const machine = await hypervisor.launch(spec);
    process.kill(machine.handle.pid, 'SIGSTOP');
    await machine.detach();
    const found = await hypervisor.adopt(spec, machine.handle);
    if ('ended' in found) throw new Error('It had ended');
    await found.machine.kill();
    expect((await found.machine.ended).reason).toBe('killed');
    expect(await node.remains(spec)).toEqual([]);
  });

  test('a guest whose disk has no room on the host waits, and goes on when there is', async () => {
    const spec = await node.spec('good');
    const full = join(spec.directory, 'full');
    await mkdir(full);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16k,mode=755', 'tmpfs', full]);
    try {
      const path = join(full, 'disk.img');
      await node.writeDisk(path, echoDisk().subarray(0, 512));
      await truncate(path, 1024 * 1024);
      await writeFile(join(full, 'rest'), Buffer.alloc(12 * 1024));
      const machine = await hypervisor.launch({ ...spec, disks: [{ id: newId(), layers: [{ path, format: 'raw' }] }] });
      const serial = machine.openSerial();
      await heard(serial, /R/);
      serial.write(typed.writeToDisk);
      const told: (MachineCondition | null)[] = [];
      machine.conditions.on((condition) => told.push(condition));
      await expect.poll(() => told.at(-1), { timeout: 10_000 }).toBe('disk-full');
      // Tried again meanwhile: it does not look well in between, and is said once.
      await systemClock.sleep(12_000);
      expect(new Set(told)).toEqual(new Set(['disk-full']));
      expect(loggedWarnings.splice(0)).toEqual([expect.stringContaining('no room')]);
      await rm(join(full, 'rest'));
      await heard(serial, /W/);
      await expect.poll(() => told.at(-1), { timeout: 15_000 }).toBeNull();
      await machine.kill();
    } finally {
      execFileSync('umount', [full]);
    }
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
      const machine = await hypervisor.launch({ ...(await node.spec('good')), tap });
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

/** This machine, with instances in a directory of the test's own. */
class QemuNode implements ContractNode {
  readonly directory: string;
  /** Of its control groups. */
  readonly name = newId().slice(-8);

  constructor(directory: string) {
    this.directory = directory;
  }

  get options(): QemuHypervisorOptions {
    const probeCacheFile = join(this.directory, 'accelerator.json');
    return { probeCacheFile, log, accelerator: 'tcg', node: this.name };
  }

  async cgroups(): Promise<Cgroups> {
    return new Cgroups(await readHierarchies(), this.name);
  }

  hypervisor(): Promise<Hypervisor> {
    return createQemuHypervisor(this.options);
  }

  async spec(kind: 'good' | 'broken'): Promise<MachineSpec> {
    const instanceId = instanceIdSchema.parse(newId());
    const spec: MachineSpec = {
      instanceId,
      name: 'web',
      cores: 1,
      memoryBytes: 32 * 1024 * 1024,
      macAddress: '52:54:00:00:00:01',
      tap: null,
      disks: [{ id: newId(), layers: [{ path: join(this.directory, `${instanceId}.img`), format: 'raw' }] }],
      isoPath: null,
      directory: join(this.directory, instanceId),
      epoch: 0,
    };
    await mkdir(spec.directory);
    if (kind === 'good') await this.writeDisk(this.diskOf(spec), echoDisk());
    return spec;
  }

  diskOf({ instanceId }: MachineSpec): string {
    return join(this.directory, `${instanceId}.img`);
  }

  /** A disk file as the platform makes it: QEMU's alone. */
  async writeDisk(path: string, contents: Buffer): Promise<void> {
    await writeFile(path, contents, { mode: 0o600 });
    const user = await findHypervisorUser();
    if (user !== null) await chown(path, user.uid, user.gid);
  }

  killProcess({ pid }: { pid: number }): void {
    process.kill(pid, 'SIGKILL');
  }

  async shutDownGuest({ directory }: MachineSpec): Promise<void> {
    const files = machineFiles(directory);
    const shutDown = Promise.withResolvers<void>();
    const monitor = await QmpMonitor.open(files.monitor, ({ name }) => name === 'STOP' && shutDown.resolve());
    const serial = await connectUnix(files.serial);
    serial.write(typed.switchOff);
    await shutDown.promise;
    serial.destroy();
    monitor.close();
    await monitor.closed;
  }

  async remains({ instanceId, directory }: MachineSpec): Promise<string[]> {
    const found = (await processesWith(instanceId)).map((pid) => `process ${pid}`);
    const { run } = machineFiles(directory);
    if (await exists(run)) found.push(run);
    const group = (await this.cgroups()).group(instanceId).directory('cpu');
    if (group !== undefined && (await exists(group))) found.push(group);
    return found;
  }

  /** Also ends what a failed test has left. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const pid of await processesWith(this.directory)) process.kill(pid, 'SIGKILL');
    const cgroups = await this.cgroups();
    await waitFor(async () => (await cgroups.removeStale()).length === 0, {
      describe: 'the control groups to be empty',
    });
    await cgroups.close();
    await rm(this.directory, { recursive: true });
  }
}

/** As on a machine with too much to do. */
async function startAndWait(program: Parameters<typeof directStarter.startDetached>[0]) {
  const started = await directStarter.startDetached(program);
  await systemClock.sleep(1_500);
  return started;
}

async function processesWith(argument: string): Promise<number[]> {
  const found: number[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (commandLine.includes(argument)) found.push(Number(pid));
  }
  return found;
}

async function makeDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'zhiyun-hypervisor-'));
  await chmod(directory, 0o755);
  return directory;
}

function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
