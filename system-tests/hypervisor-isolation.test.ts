/** Real QEMU as a neighbour: what one guest may take, whose it is, and what is told of one that does not work as it should. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newId, systemClock } from '@zhiyun/kernel';
import type { Hypervisor, MachineCondition } from '@zhiyun/node-client/hypervisor';
import {
  Cgroups,
  type Controller,
  connectUnix,
  heard,
  machineFiles,
  readHierarchies,
} from '@zhiyun/node-client/hypervisor/testing';
import { skippable, unmet, waitFor } from '@zhiyun/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { echoDisk, typed } from './hypervisor-guests.ts';
import { exists, loggedWarnings, makeDirectory, QemuNode } from './qemu-node.ts';

const missing = unmet({ rootFor: 'machines of another account', programs: ['qemu-system-x86_64'] });

describe.skipIf(missing)(skippable('guests side by side', missing), () => {
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
    // A reset in the middle of the firmware's own start may leave that without a disk.
    await heard(launched.openSerial(), /R/);
    await launched.detach();
    await waitFor(() => pause(machineFiles(spec.directory).monitor), { describe: 'it to be paused' });
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
});

/** As another program does. False: the monitor did not answer, as it may when it has just lost the client before. */
async function pause(monitor: string): Promise<boolean> {
  const other = await connectUnix(monitor);
  const greeted = heard(other, /"QMP"/).then(() => true);
  try {
    if (!(await Promise.race([greeted, systemClock.sleep(2_000).then(() => false)]))) return false;
    other.write('{"execute":"qmp_capabilities"}');
    await heard(other, /"return"/);
    other.write('{"execute":"stop"}');
    await heard(other, /"STOP"/);
    return true;
  } finally {
    greeted.catch(() => {});
    other.destroy();
  }
}
