/**
 * From `POST /instances` to the guest's first serial byte, the image already on the node. Interleaved in one run, 20 rounds of
 * each: Zhiyun (REST create, then the serial console), the same done bare by a script, and libvirt.
 * Goals: Zhiyun ≤ 1.25 × bare, libvirt ≥ 2 × Zhiyun. Needs root; without libvirt (apt: libvirt-daemon-system, libvirt-clients)
 * that part is left out.
 */
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { MiB, type Operation } from '@zhiyun/contracts';
import { systemClock } from '@zhiyun/kernel';
import { qemuProcesses } from '../../system-tests/src/leftovers.ts';
import { type Platform, startPlatform } from '../../system-tests/src/platform.ts';
import { openSerial } from '../../system-tests/src/serial.ts';
import { bareInstances, type Sample } from './bare-instance.ts';
import { writeBootSectorDisk } from './boot-sector.ts';
import { libvirtInstances } from './libvirt-instance.ts';
import { judge, line, percentile } from './statistics.ts';

const rounds = 20;
const memoryMiB = 32;
const diskBytes = 64 * MiB;

async function ended(platform: Platform, operation: Operation): Promise<Operation> {
  const done = await platform.client.getOperation({ params: { id: operation.id }, query: { waitSeconds: 60 } });
  if (done.state !== 'succeeded') throw new Error(`${done.kind}: ${done.error?.detail}`);
  return done;
}

async function create(platform: Platform, name: string): Promise<Operation> {
  return platform.client.createInstance({
    body: { name, cores: 1, memoryBytes: memoryMiB * MiB, disks: [{ sizeBytes: diskBytes, image: 'sector' }] },
  });
}

async function remove(platform: Platform, { target }: Operation): Promise<void> {
  await ended(platform, await platform.client.deleteInstance({ params: { id: target.id } }));
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

/** Also brings the image to the node, so that no round pays for it. */
async function sampleOf(platform: Platform): Promise<Sample> {
  const operation = await create(platform, 'sample');
  await ended(platform, operation);
  const [qemu] = await qemuProcesses(platform.home);
  const command = (await readFile(`/proc/${qemu?.pid}/cmdline`, 'utf8')).split('\0').filter((word) => word !== '');
  const find = (pattern: RegExp): string => {
    const found = command.map((word) => pattern.exec(word)?.[1]).find((match) => match !== undefined);
    if (found === undefined) throw new Error(`${pattern} is not in ${command.join(' ')}`);
    return found;
  };
  const serial = find(/path=([^,]+serial[^,]*)/);
  // Sockets lie one folder below the disks.
  const directory = dirname(dirname(serial));
  const sample = {
    ...{ command, directory, serial },
    disk: find(new RegExp(`"(${directory}/[^"]+)"`)),
    tap: find(/ifname=([^,]+)/),
    macAddress: find(/mac=([^,]+)/),
  };
  await remove(platform, operation);
  return sample;
}

const directory = await mkdtemp(join(tmpdir(), 'zhiyun-create-'));
try {
  await chmod(directory, 0o755);
  const base = join(directory, 'base.img');
  await writeBootSectorDisk(base, diskBytes);
  await using platform = await startPlatform();
  const imported = await platform.zhiyun('image', 'import', base, '--name', 'sector', '--kind', 'disk');
  if (imported.status !== 0) throw new Error(imported.stderr);
  const sample = await sampleOf(platform);
  await using bare = await bareInstances({ sample, directory, base, diskBytes });
  await using libvirt = await libvirtInstances({ directory, base, diskBytes, memoryMiB });

  const samples = { zhiyun: [] as number[], bare: [] as number[], libvirt: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    samples.zhiyun.push(await zhiyunMs(platform, round));
    samples.bare.push(await bare.createMs(round));
    if (libvirt) samples.libvirt.push(await libvirt.createMs(round));
  }
  console.log(line('Zhiyun: POST /instances → first byte', samples.zhiyun, 'ms'));
  console.log(line('baseline: a script with qemu-img, ip, nft, qemu', samples.bare, 'ms'));
  const ours = percentile(samples.zhiyun, 0.5);
  const toBare = ours / percentile(samples.bare, 0.5);
  const met = [judge('ratio to bare', toBare, '≤ 1.25', toBare <= 1.25)];
  if (libvirt) {
    console.log(line('libvirt: qemu-img, virsh create', samples.libvirt, 'ms'));
    const toLibvirt = percentile(samples.libvirt, 0.5) / ours;
    met.push(judge('libvirt / Zhiyun', toLibvirt, '≥ 2', toLibvirt >= 2));
  } else console.log('skipped: libvirt is not installed (apt: libvirt-daemon-system, libvirt-clients)');
  process.exitCode = met.every(Boolean) ? 0 : 1;
} finally {
  await rm(directory, { recursive: true, force: true });
}
