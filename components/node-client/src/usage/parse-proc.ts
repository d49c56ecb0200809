/** The kernel's own counters, as text in /proc. Pure. */

/** First line of /proc/stat, in ticks. Time that a hypervisor below us stole counts as busy: it is not ours to give. */
export function parseCpuTimes(stat: string): { busy: number; total: number } {
  const ticks = (/^cpu +(.*)$/m.exec(stat)?.[1] ?? '').split(' ').map(Number);
  // user nice system idle iowait irq softirq steal; guest time is inside user.
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] = ticks;
  const busy = user + nice + system + irq + softirq + steal;
  return { busy, total: busy + idle + iowait };
}

/** /proc/meminfo: what programs hold and cannot simply be taken back. */
export function parseMemoryUsed(meminfo: string): number {
  const kibibytes = (name: string) => Number(new RegExp(`^${name}: +(\\d+) kB`, 'm').exec(meminfo)?.[1] ?? 0);
  return (kibibytes('MemTotal') - kibibytes('MemAvailable')) * 1024;
}

/** /proc/diskstats, summed over `devices`. Its sectors have 512 bytes whatever the device's own have. */
export function parseDiskBytes(diskstats: string, devices: ReadonlySet<string>): { read: number; write: number } {
  const sum = { read: 0, write: 0 };
  for (const line of diskstats.split('\n')) {
    const fields = line.trim().split(/ +/);
    if (!devices.has(fields[2] ?? '')) continue;
    sum.read += Number(fields[5]) * 512;
    sum.write += Number(fields[9]) * 512;
  }
  return sum;
}

/** /proc/net/dev, summed over `interfaces`. */
export function parseNetworkBytes(dev: string, interfaces: ReadonlySet<string>): { receive: number; transmit: number } {
  const sum = { receive: 0, transmit: 0 };
  for (const line of dev.split('\n')) {
    const [name = '', counters = ''] = line.split(':');
    if (!interfaces.has(name.trim())) continue;
    const fields = counters.trim().split(/ +/);
    sum.receive += Number(fields[0]);
    sum.transmit += Number(fields[8]);
  }
  return sum;
}
