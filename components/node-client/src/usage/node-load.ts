/** The node's real load, from /proc. */
import { readdirSync, readFileSync, readlinkSync, statfsSync } from 'node:fs';
import type { NodeLoad } from '@zhiyun/contracts';
import { type Clock, isoTime } from '@zhiyun/kernel';
import { diskSpace } from './disk-space.ts';
import { parseCpuTimes, parseDiskBytes, parseMemoryUsed, parseNetworkBytes } from './parse-proc.ts';
import { Rates } from './rates.ts';

export type LoadMeter = () => NodeLoad;

/** `directory`: its file system is the one measured. Each call averages over the time since the previous one. */
export function createLoadMeter(directory: string, clock: Clock): LoadMeter {
  const cpu = new Rates<'busy' | 'total'>();
  const flows = new Rates<'diskRead' | 'diskWrite' | 'networkReceive' | 'networkTransmit'>();
  const disks = new Set(physical('/sys/block'));
  const interfaces = new Set(physical('/sys/class/net'));
  return () => {
    const at = clock.monotonicMs();
    const { busy, total } = cpu.sample(at, parseCpuTimes(readFileSync('/proc/stat', 'utf8')));
    const { used } = diskSpace(statfsSync(directory));
    const disk = parseDiskBytes(readFileSync('/proc/diskstats', 'utf8'), disks);
    const network = parseNetworkBytes(readFileSync('/proc/net/dev', 'utf8'), interfaces);
    const rates = flows.sample(at, {
      diskRead: disk.read,
      diskWrite: disk.write,
      networkReceive: network.receive,
      networkTransmit: network.transmit,
    });
    return {
      at: isoTime(clock.now()),
      cpu: total > 0 ? Math.min(1, busy / total) : 0,
      memoryUsedBytes: parseMemoryUsed(readFileSync('/proc/meminfo', 'utf8')),
      diskUsedBytes: used,
      diskReadBytesPerSecond: rates.diskRead,
      diskWriteBytesPerSecond: rates.diskWrite,
      networkReceiveBytesPerSecond: rates.networkReceive,
      networkTransmitBytesPerSecond: rates.networkTransmit,
    };
  };
}

/** Devices with hardware behind them: neither loop and RAM disks nor bridges, tunnels and taps, which would count bytes twice. */
function physical(directory: string): string[] {
  return readdirSync(directory).filter((name) => !readlinkSync(`${directory}/${name}`).includes('/virtual/'));
}
