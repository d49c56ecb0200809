/**
 * The named baseline of `create-instance.ts`: what a person's script does for the same result, in their order and with the very
 * command line that Zhiyun gave QEMU. A thin disk by qemu-img, a tap with its address by ip, its place in the packet filter's
 * sets by nft, its reservation for the DHCP server, then QEMU. Nothing of it is written durably, and nobody is told.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '@zhiyun/kernel';
import { firstByte } from './first-byte.ts';

const table = 'inet zhiyun_benchmark';
const address = '100.127.255.2';
const gateway = '100.127.255.1/30';

const script = `set -e
mkdir -p "$run/run"
qemu-img create -q -f qcow2 -F raw -b "$base" "$disk" "$bytes"
ip -batch - <<END
tuntap add dev $tap mode tap
address add ${gateway} dev $tap
link set dev $tap up
END
nft -f - <<END
add element ${table} links { "$tap" . $mac }
add element ${table} sources { "$tap" . $mac . ${address} }
END
echo "$mac,${address}" > "$hosts/$tap"
exec "$@"
`;

const rules = `table ${table} {
  set links { typeof iifname . ether saddr; }
  set sources { typeof iifname . ether saddr . ip saddr; }
}
`;

/** What Zhiyun's own instance looked like: its command line, and where its directory, disk, serial port and tap stand in it. */
export interface Sample {
  readonly command: readonly string[];
  readonly directory: string;
  readonly disk: string;
  readonly serial: string;
  readonly tap: string;
  readonly macAddress: string;
}

export interface BareInstances extends AsyncDisposable {
  /** From the start of the script to the guest's first byte; nothing is left afterwards. */
  createMs(round: number): Promise<number>;
}

export async function bareInstances(options: {
  sample: Sample;
  directory: string;
  base: string;
  diskBytes: number;
}): Promise<BareInstances> {
  const { sample, directory, base, diskBytes } = options;
  const hosts = join(directory, 'dhcp-hosts');
  await mkdir(hosts);
  execFileSync('nft', ['-f', '-'], { input: rules });

  return {
    async createMs(round) {
      const run = join(directory, `bare-${round}`);
      const tap = `zyb${round}`;
      const inRun = (text: string) => text.replaceAll(sample.directory, run).replaceAll(sample.tap, tap);
      const env = {
        PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
        ...{ run, base, tap, hosts, mac: sample.macAddress, disk: inRun(sample.disk), bytes: String(diskBytes) },
      };
      let machine: ChildProcess | undefined;
      try {
        const started = systemClock.monotonicMs();
        machine = spawn('sh', ['-c', script, 'sh', ...sample.command.map(inRun)], {
          env,
          stdio: ['ignore', 'inherit', 'inherit'],
        });
        await firstByte(inRun(sample.serial));
        return systemClock.monotonicMs() - started;
      } finally {
        if (machine && machine.exitCode === null) {
          machine.kill('SIGKILL');
          await once(machine, 'exit');
        }
        execFileSync('ip', ['tuntap', 'del', 'dev', tap, 'mode', 'tap']);
        await rm(run, { recursive: true, force: true });
      }
    },
    async [Symbol.asyncDispose]() {
      execFileSync('nft', ['delete', 'table', ...table.split(' ')]);
    },
  };
}
