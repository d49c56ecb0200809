/** Real QEMU with guests of a few bytes: the contract of every hypervisor, and what is QEMU's own. */
import { execFileSync } from 'node:child_process';
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
import { type Logger, newId, silentLogger } from '@zhiyun/kernel';
import { createQemuHypervisor, type Hypervisor, type MachineSpec } from '@zhiyun/node-client/hypervisor';
import {
  type ContractNode,
  connectUnix,
  findHypervisorUser,
  guestRuns,
  heard,
  hypervisorContract,
  machineFiles,
  openCgroups,
  probeAccelerator,
  QmpMonitor,
} from '@zhiyun/node-client/hypervisor/testing';
import { skippable, unmet } from '@zhiyun/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { echoDisk, echoIso, typed } from './hypervisor-guests.ts';

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
    const cgroups = await openCgroups();
    if (cgroups.version !== 'none') {
      expect(await readFile(`/proc/${pid}/cgroup`, 'utf8')).toContain(`/zhiyun/${spec.instanceId}`);
    }
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
      await expect
        .poll(() => loggedWarnings.splice(0), { timeout: 10_000 })
        .toContainEqual(expect.stringContaining('no room'));
      await rm(join(full, 'rest'));
      await heard(serial, /W/);
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

  constructor(directory: string) {
    this.directory = directory;
  }

  hypervisor(): Promise<Hypervisor> {
    const probeCacheFile = join(this.directory, 'accelerator.json');
    return createQemuHypervisor({ probeCacheFile, log, accelerator: 'tcg' });
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
    const group = (await openCgroups()).group(instanceId).directory('cpu');
    if (group !== undefined && (await exists(group))) found.push(group);
    return found;
  }

  /** Also ends what a failed test has left. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const pid of await processesWith(this.directory)) process.kill(pid, 'SIGKILL');
    await rm(this.directory, { recursive: true });
  }
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
