/** What this machine can do, each found by trying it, never by the presence of a file. */
import { randomUUID } from 'node:crypto';
import { constants, copyFile, mkdir, mkdtemp, readFile, rm, statfs, writeFile } from 'node:fs/promises';
import { release, tmpdir, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { formatBytes, GiB, MiB } from '@zhiyun/contracts';
import { silentLogger, systemErrorCode } from '@zhiyun/kernel';
import { createQemuHypervisor } from '@zhiyun/node-client';
import { findBinaries } from '@zhiyun/store';
import { type Check, limited, missing, ok } from './check.ts';
import { checkClock } from './clock-check.ts';
import { checkGuestNetwork } from './guest-network-check.ts';
import { runProgram } from './run-program.ts';

const install = (name: string) => `apt-get install -y --no-install-recommends ${name}`;

async function existingParent(directory: string): Promise<string> {
  for (let path = directory; ; path = dirname(path)) {
    try {
      await statfs(path);
      return path;
    } catch {
      if (path === dirname(path)) throw new Error(`no part of ${directory} exists`);
    }
  }
}

export function checksFor(home: string): Check[] {
  return [
    async () => {
      const root = process.getuid?.() === 0;
      return root
        ? ok('privileges', 'runs as root')
        : missing('privileges', 'not root: networks and cgroups of instances cannot be made', 'run it with sudo');
    },
    () => checkClock(home),
    async () => {
      const memory = totalmem();
      return memory >= 2 * GiB
        ? ok('memory', `${formatBytes(memory)}`)
        : limited(
            'memory',
            `${formatBytes(memory)} is little; a few small instances fit`,
            'use a machine with 4 GiB or more',
          );
    },
    async () => {
      const directory = await mkdtemp(join(tmpdir(), 'zhiyun-doctor-'));
      try {
        await using hypervisor = await createQemuHypervisor({
          probeCacheFile: join(directory, 'accelerator.json'),
          log: silentLogger,
          node: randomUUID(),
        });
        const { version, accelerator } = hypervisor.facts;
        return accelerator === 'kvm'
          ? ok('hypervisor', `QEMU ${version}; a guest ran with hardware virtualisation (KVM)`)
          : limited(
              'hypervisor',
              `QEMU ${version}; no guest runs with hardware virtualisation here, so instances are emulated (TCG), many times slower`,
              'switch on VT-x or AMD-V in the firmware, or nested virtualisation in the outer hypervisor, and load kvm_intel or kvm_amd',
            );
      } catch (error) {
        return missing(
          'hypervisor',
          error instanceof Error ? error.message : String(error),
          install('qemu-system-x86 qemu-utils'),
        );
      } finally {
        await rm(directory, { recursive: true, force: true });
      }
    },
    async () => {
      const table = `zhiyun_doctor_${randomUUID().slice(0, 8)}`;
      const made = await runProgram('nft', ['add', 'table', 'inet', table]);
      if ('error' in made) return missing('nftables', made.error, install('nftables'));
      await runProgram('nft', ['delete', 'table', 'inet', table]);
      return ok('nftables', `tables can be made (kernel ${release()})`);
    },
    async () => {
      const tap = `zd${randomUUID().slice(0, 8)}`;
      const made = await runProgram('ip', ['tuntap', 'add', 'dev', tap, 'mode', 'tap']);
      if ('error' in made) return missing('tap devices', made.error, 'modprobe tun, and run as root');
      await runProgram('ip', ['tuntap', 'del', 'dev', tap, 'mode', 'tap']);
      return ok('tap devices', 'can be made');
    },
    async () => {
      const dnsmasq = await runProgram('dnsmasq', ['--version']);
      return 'output' in dnsmasq
        ? ok('dnsmasq', dnsmasq.output.split('\n')[0] ?? '')
        : missing('dnsmasq', dnsmasq.error, install('dnsmasq-base'));
    },
    () => checkGuestNetwork(home),
    async () => {
      const mounts = await readFile('/proc/mounts', 'utf8');
      if (/^\S+ \/sys\/fs\/cgroup cgroup2 /m.test(mounts)) return ok('cgroups', 'version 2');
      if (/^\S+ \S+ cgroup \S*\bcpu\b/m.test(mounts)) return ok('cgroups', 'version 1');
      return limited(
        'cgroups',
        'no cpu controller: instances cannot be weighed against each other',
        'mount cgroup2 on /sys/fs/cgroup',
      );
    },
    async () => {
      try {
        const { postgres } = await findBinaries();
        return ok('postgresql', `private server from ${dirname(postgres)}`);
      } catch (error) {
        return missing('postgresql', error instanceof Error ? error.message : String(error), install('postgresql'));
      }
    },
    async () => {
      const parent = await existingParent(home);
      const { bavail, bsize } = await statfs(parent);
      const free = bavail * bsize;
      if (free < 1 * GiB)
        return missing(
          'free space',
          `${formatBytes(free)} in ${parent}`,
          'make room, or choose another place with --home',
        );
      return free < 20 * GiB
        ? limited(
            'free space',
            `${formatBytes(free)} in ${parent}; disks of instances grow with use`,
            'extend the file system before it fills',
          )
        : ok('free space', `${formatBytes(free)} in ${parent}`);
    },
    async () => {
      const parent = await existingParent(home);
      const directory = join(parent, `.zhiyun-doctor-${randomUUID()}`);
      try {
        await mkdir(directory);
        await writeFile(join(directory, 'a'), Buffer.alloc(1 * MiB));
        await copyFile(join(directory, 'a'), join(directory, 'b'), constants.COPYFILE_FICLONE_FORCE);
        return ok('reflink', `${parent} shares blocks between copies`);
      } catch (error) {
        return limited(
          'reflink',
          `${parent} does not share blocks between copies (${systemErrorCode(error) ?? 'failed'}): full copies take time and space`,
          'use XFS or btrfs for the home directory',
        );
      } finally {
        await rm(directory, { recursive: true, force: true });
      }
    },
  ];
}
