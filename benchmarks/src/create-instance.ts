/**
 * From `POST /instances` to the guest's first serial byte, image already on the node (performance.md B3). Interleaved in one
 * run, 20 rounds of each:
 *   A  Zhiyun: REST create, then the serial console
 *   B  the same done bare: a thin disk by qemu-img, a tap by ip, the very command line that Zhiyun gave QEMU
 *   C  libvirt: a thin disk by qemu-img, `virsh create`
 * Goals: A ≤ 1.25 × B, and C ≥ 2 × A. Needs root. Without libvirt (apt: libvirt-daemon-system, libvirt-clients) C is left out.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { MiB, type Operation } from '@zhiyun/contracts';
import { systemClock } from '@zhiyun/kernel';
import { qemuProcesses } from '../../system-tests/src/leftovers.ts';
import { type Platform, startPlatform } from '../../system-tests/src/platform.ts';
import { openSerial } from '../../system-tests/src/serial.ts';
import { writeBootSectorDisk } from './boot-sector.ts';
import { judge, line, percentile } from './statistics.ts';

const rounds = 20;
const memoryBytes = 32 * MiB;
const diskBytes = 64 * MiB;
const firstByteDeadlineMs = 20_000;

const directory = await mkdtemp(join(tmpdir(), 'zhiyun-create-'));
await chmod(directory, 0o755);
const base = join(directory, 'base.img');
await writeBootSectorDisk(base, diskBytes);

async function ended(platform: Platform, operation: Operation): Promise<Operation> {
  const done = await platform.client.getOperation({ params: { id: operation.id }, query: { waitSeconds: 60 } });
  if (done.state !== 'succeeded') throw new Error(`${done.kind}: ${done.error?.detail}`);
  return done;
}

async function create(platform: Platform, name: string): Promise<Operation> {
  return platform.client.createInstance({
    body: { name, cores: 1, memoryBytes, disks: [{ sizeBytes: diskBytes, image: 'sector' }] },
  });
}

async function remove(platform: Platform, operation: Operation): Promise<void> {
  await ended(platform, await platform.client.deleteInstance({ params: { id: operation.target.id } }));
}

async function zhiyunMs(platform: Platform, round: number): Promise<number> {
  const started = systemClock.monotonicMs();
  const operation = await create(platform, `bench-${round}`);
  await ended(platform, operation);
  using serial = await openSerial(platform, operation.target.id);
  await serial.expect(/Z/);
  const took = systemClock.monotonicMs() - started;
  await remove(platform, operation);
  return took;
}

/** Connects as soon as QEMU listens; resolves at the first byte. */
async function firstByte(path: string): Promise<Socket> {
  const deadline = systemClock.monotonicMs() + firstByteDeadlineMs;
  while (systemClock.monotonicMs() < deadline) {
    const socket = connect(path);
    try {
      await once(socket, 'connect');
      await once(socket, 'data');
      return socket;
    } catch {
      socket.destroy();
      await systemClock.sleep(1);
    }
  }
  throw new Error(`no byte from ${path} within ${firstByteDeadlineMs} ms`);
}

/** Zhiyun's own command line with everything of the instance replaced. */
function bareParameters(command: readonly string[], instanceDirectory: string, run: string, tap: string): string[] {
  return command
    .slice(1)
    .map((parameter) => parameter.replaceAll(instanceDirectory, run).replace(/ifname=[^,]+/, `ifname=${tap}`));
}

async function bareMs(
  command: readonly string[],
  instanceDirectory: string,
  disk: string,
  serial: string,
  round: number,
): Promise<number> {
  const run = join(directory, `bare-${round}`);
  const tap = `zyb${round}`;
  const started = systemClock.monotonicMs();
  mkdirSync(run);
  execFileSync('qemu-img', [
    'create',
    '-q',
    '-f',
    'qcow2',
    '-F',
    'raw',
    '-b',
    base,
    disk.replace(instanceDirectory, run),
    String(diskBytes),
  ]);
  execFileSync('ip', ['tuntap', 'add', 'dev', tap, 'mode', 'tap']);
  execFileSync('ip', ['addr', 'add', '100.127.255.1/30', 'dev', tap]);
  execFileSync('ip', ['link', 'set', tap, 'up']);
  const machine: ChildProcess = spawn(command[0] ?? '', bareParameters(command, instanceDirectory, run, tap), {
    stdio: 'ignore',
  });
  const socket = await firstByte(serial.replace(instanceDirectory, run));
  const took = systemClock.monotonicMs() - started;
  socket.destroy();
  machine.kill('SIGKILL');
  await once(machine, 'exit');
  execFileSync('ip', ['tuntap', 'del', 'dev', tap, 'mode', 'tap']);
  await rm(run, { recursive: true });
  return took;
}

function domainXml(name: string, disk: string, serial: string, tap: string): string {
  return `<domain type='qemu'><name>${name}</name><memory unit='MiB'>32</memory><vcpu>1</vcpu><os><type arch='x86_64' machine='pc'>hvm</type></os>
<devices><emulator>/usr/bin/qemu-system-x86_64</emulator>
<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='${disk}'/><target dev='vda' bus='virtio'/></disk>
<interface type='ethernet'><target dev='${tap}'/><model type='virtio'/></interface>
<serial type='unix'><source mode='bind' path='${serial}'/><target port='0'/></serial>
<graphics type='vnc' socket='${serial}.vnc'/><video><model type='vga'/></video></devices></domain>`;
}

async function libvirtMs(round: number): Promise<number> {
  const name = `zhiyun-bench-${round}`;
  const run = join(directory, `libvirt-${round}`);
  mkdirSync(run, { mode: 0o777 });
  await chmod(run, 0o777);
  const disk = join(run, 'disk.qcow2');
  const serial = join(run, 'serial.sock');
  const started = systemClock.monotonicMs();
  execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', '-F', 'raw', '-b', base, disk, String(diskBytes)]);
  await writeFile(join(run, 'domain.xml'), domainXml(name, disk, serial, `zyl${round}`));
  const creating = spawn('virsh', ['-q', 'create', join(run, 'domain.xml')], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const socket = await firstByte(serial);
  const took = systemClock.monotonicMs() - started;
  socket.destroy();
  if (creating.exitCode === null) await once(creating, 'exit');
  execFileSync('virsh', ['-q', 'destroy', name], { stdio: 'ignore' });
  await rm(run, { recursive: true });
  return took;
}

/** libvirt's daemons, when installed: started by us, since this may be a machine without systemd. */
async function startLibvirt(): Promise<ChildProcess[]> {
  if (!existsSync('/usr/sbin/libvirtd')) return [];
  const daemons = ['virtlogd', 'libvirtd'].map((name) => spawn(`/usr/sbin/${name}`, [], { stdio: 'ignore' }));
  for (let tries = 0; tries < 100; tries++) {
    try {
      execFileSync('virsh', ['-q', 'list'], { stdio: 'ignore' });
      return daemons;
    } catch {
      await systemClock.sleep(100);
    }
  }
  throw new Error('libvirtd did not answer');
}

const platform = await startPlatform();
const libvirt = await startLibvirt();
try {
  const imported = await platform.zhiyun('image', 'import', base, '--name', 'sector', '--kind', 'disk');
  if (imported.status !== 0) throw new Error(imported.stderr);

  // The sample also brings the image to the node, so that no round pays for it.
  const sample = await create(platform, 'sample');
  await ended(platform, sample);
  const [qemu] = await qemuProcesses(platform.home);
  const command = (await readFile(`/proc/${qemu?.pid}/cmdline`, 'utf8')).split('\0').filter((word) => word !== '');
  const text = command.join('\n');
  const serial = /path=([^,\n]*serial[^,\n]*)/.exec(text)?.[1] ?? '';
  // Sockets lie one folder below the disks.
  const instanceDirectory = dirname(dirname(serial));
  const disk = new RegExp(`${instanceDirectory}/[^,"\\n]*\\.qcow2`).exec(text)?.[0] ?? '';
  await remove(platform, sample);

  const samples = { zhiyun: [] as number[], bare: [] as number[], libvirt: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    samples.zhiyun.push(await zhiyunMs(platform, round));
    samples.bare.push(await bareMs(command, instanceDirectory, disk, serial, round));
    if (libvirt.length > 0) samples.libvirt.push(await libvirtMs(round));
  }
  console.log(line('Zhiyun: POST /instances → first byte', samples.zhiyun, 'ms'));
  console.log(line('baseline: qemu-img, ip, qemu by a script', samples.bare, 'ms'));
  const ours = percentile(samples.zhiyun, 0.5);
  const met = [
    judge(
      'ratio to bare',
      ours / percentile(samples.bare, 0.5),
      '≤ 1.25',
      ours / percentile(samples.bare, 0.5) <= 1.25,
    ),
  ];
  if (samples.libvirt.length > 0) {
    console.log(line('baseline: qemu-img, virsh create', samples.libvirt, 'ms'));
    met.push(
      judge(
        'libvirt / Zhiyun',
        percentile(samples.libvirt, 0.5) / ours,
        '≥ 2',
        percentile(samples.libvirt, 0.5) / ours >= 2,
      ),
    );
  } else
    console.log(
      'skipped: libvirt is not installed (apt-get install --no-install-recommends libvirt-daemon-system libvirt-clients)',
    );
  process.exitCode = met.every(Boolean) ? 0 : 1;
} finally {
  for (const daemon of libvirt) daemon.kill();
  await platform[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
}
