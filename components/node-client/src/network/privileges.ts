/** What the guest network needs of the machine, asked for at start rather than found out with the first instance. */
import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { type Logger, PlatformError } from '@zhiyun/kernel';

const capNetAdmin = 12n;
const tunDevice = '/dev/net/tun';
const forwarding = '/proc/sys/net/ipv4/ip_forward';

export async function requireNetAdmin(): Promise<void> {
  const status = await readFile('/proc/self/status', 'utf8');
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? '0'}`);
  if ((effective >> capNetAdmin) & 1n) return;
  throw new PlatformError(
    'node-fault',
    'The Node Client may not change this machine’s network (it lacks CAP_NET_ADMIN). Run it as root: sudo ./zhiyun up',
  );
}

/** The hypervisor's user opens its tap through this device; the tap itself decides who may. */
export async function openTunToAll(log: Logger): Promise<void> {
  const device = await stat(tunDevice).catch((cause: unknown) => {
    throw new PlatformError('node-fault', `${tunDevice} is missing. Load the module: modprobe tun`, { cause });
  });
  if ((device.mode & 0o006) === 0o006) return;
  await chmod(tunDevice, 0o666);
  log.info(
    { device: tunDevice },
    'Made the tap device openable for the hypervisor’s user (mode 0666, as Debian has it)',
  );
}

export async function enableForwarding(log: Logger): Promise<void> {
  if ((await readFile(forwarding, 'utf8')).trim() === '1') return;
  await writeFile(forwarding, '1');
  log.info({ sysctl: 'net.ipv4.ip_forward' }, 'Switched on IPv4 forwarding: guests reach outside through this node');
}
