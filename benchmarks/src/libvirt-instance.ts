/** The other tool of `create-instance.ts`: the same machine from a thin disk by qemu-img and a description by `virsh create`. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '@zhiyun/kernel';
import { firstByte } from './first-byte.ts';

export interface LibvirtInstances extends AsyncDisposable {
  /** From the thin disk to the guest's first byte; nothing is left afterwards. */
  createMs(round: number): Promise<number>;
}

/** The devices are those of Zhiyun's command line. libvirt's tap has no address and no rules: it does a little less. */
function domainXml(options: { name: string; disk: string; serial: string; tap: string; memoryMiB: number }): string {
  const { name, disk, serial, tap, memoryMiB } = options;
  return `<domain type='qemu'><name>${name}</name><memory unit='MiB'>${memoryMiB}</memory><vcpu>1</vcpu>
<os><type arch='x86_64' machine='pc'>hvm</type></os><cpu mode='maximum'/>
<devices><emulator>/usr/bin/qemu-system-x86_64</emulator>
<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='${disk}'/><target dev='vda' bus='virtio'/><boot order='1'/></disk>
<disk type='file' device='cdrom'><target dev='hda' bus='ide'/><readonly/><boot order='2'/></disk>
<interface type='ethernet'><target dev='${tap}'/><model type='virtio'/><rom enabled='no'/></interface>
<serial type='unix'><source mode='bind' path='${serial}'/><target port='0'/></serial>
<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
<input type='tablet' bus='virtio'/><rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>
<controller type='usb' model='none'/><memballoon model='none'/>
<graphics type='vnc' socket='${serial}.vnc'/><video><model type='vga'/></video></devices></domain>`;
}

/** Undefined when libvirt is not installed. */
export async function libvirtInstances(options: {
  directory: string;
  base: string;
  diskBytes: number;
  memoryMiB: number;
}): Promise<LibvirtInstances | undefined> {
  if (!existsSync('/usr/sbin/libvirtd')) return undefined;
  const { directory, base, diskBytes, memoryMiB } = options;
  const daemons = await startDaemons(directory);
  return {
    async createMs(round) {
      const name = `zhiyun-bench-${round}`;
      const run = join(directory, name);
      await mkdir(run);
      await chmod(run, 0o777);
      const [disk, serial, xml] = ['disk.qcow2', 'serial.sock', 'domain.xml'].map((file) => join(run, file)) as [
        string,
        string,
        string,
      ];
      let creating: ChildProcess | undefined;
      try {
        const started = systemClock.monotonicMs();
        execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', '-F', 'raw', '-b', base, disk, String(diskBytes)]);
        await writeFile(xml, domainXml({ name, disk, serial, tap: `zyl${round}`, memoryMiB }));
        creating = spawn('virsh', ['-q', 'create', xml], { stdio: ['ignore', 'ignore', 'inherit'] });
        await firstByte(serial);
        return systemClock.monotonicMs() - started;
      } finally {
        if (creating?.exitCode === null) await once(creating, 'exit');
        execFileSync('virsh', ['-q', 'destroy', name], { stdio: 'ignore' });
        await rm(run, { recursive: true, force: true });
      }
    },
    [Symbol.asyncDispose]: () => stopDaemons(daemons),
  };
}

/**
 * Its daemons, in a process namespace whose first process collects what they leave, since this may be a machine without systemd:
 * libvirt waits for every QEMU it has ended to be collected. QEMU runs as root: where /dev/kvm is not open to libvirt's own user
 * it would ask QEMU for its abilities anew before every machine, which takes many seconds and would make the comparison unfair.
 */
async function startDaemons(directory: string): Promise<ChildProcess> {
  const config = join(directory, 'qemu.conf');
  await writeFile(config, 'user = "root"\ngroup = "root"\n');
  const script = `mount --bind ${config} /etc/libvirt/qemu.conf; virtlogd & libvirtd & wait`;
  const daemons = spawn('unshare', ['--pid', '--fork', '--mount-proc', '--kill-child', 'sh', '-c', script], {
    stdio: 'ignore',
  });
  for (let tries = 0; tries < 100; tries++) {
    try {
      execFileSync('virsh', ['-q', 'list'], { stdio: 'ignore' });
      return daemons;
    } catch {
      await systemClock.sleep(100);
    }
  }
  await stopDaemons(daemons);
  throw new Error('libvirtd did not answer');
}

/** With SIGKILL the whole namespace goes: a shell that is first in one hears nothing milder. */
async function stopDaemons(daemons: ChildProcess): Promise<void> {
  if (daemons.exitCode !== null) return;
  daemons.kill('SIGKILL');
  await once(daemons, 'exit');
}
