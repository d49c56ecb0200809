/** Who on this machine holds a port, so that the administrator need not look for it. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { type Sentence, say } from '@zhiyun/contracts';

const tables = { udp: ['/proc/net/udp', '/proc/net/udp6'], tcp: ['/proc/net/tcp', '/proc/net/tcp6'] } as const;
const listening = '0A';

/** «dnsmasq (process 812)», or that it is unknown. */
export function holderOf(protocol: 'udp' | 'tcp', port: number): Sentence {
  const inodes = inodesAt(protocol, port);
  const pid = inodes.size > 0 ? processWith(inodes) : undefined;
  if (pid === undefined) return say('network.unknown-holder');
  return say('network.holder', { program: readText(`/proc/${pid}/comm`).trim(), pid });
}

export function isHeld(protocol: 'udp' | 'tcp', port: number): boolean {
  return inodesAt(protocol, port).size > 0;
}

function inodesAt(protocol: 'udp' | 'tcp', port: number): ReadonlySet<string> {
  return new Set(tables[protocol].flatMap((file) => socketsOf(readText(file), protocol, port)));
}

/** Inodes of the sockets at a port, from one of the kernel's tables. Pure. */
export function socketsOf(table: string, protocol: 'udp' | 'tcp', port: number): string[] {
  return table.split('\n').flatMap((line) => {
    const [, local = '', , state, , , , , , inode = '0'] = line.trim().split(/\s+/);
    const isPort = Number.parseInt(local.split(':')[1] ?? '', 16) === port;
    return isPort && inode !== '0' && (protocol === 'udp' || state === listening) ? [inode] : [];
  });
}

function processWith(inodes: ReadonlySet<string>): number | undefined {
  return readdirSync('/proc')
    .map(Number)
    .filter(Number.isInteger)
    .find((pid) => {
      try {
        return readdirSync(`/proc/${pid}/fd`).some((fd) =>
          inodes.has(/^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? ''),
        );
      } catch {
        return false; // It has ended meanwhile, or is not ours to look into.
      }
    });
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
