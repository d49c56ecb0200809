/**
 * Allocates a user per instance: QEMU runs as it and it owns disks, sockets and tap, so that a compromised QEMU has no
 * access to other guests. The uids come from a range that nobody else uses and are in no /etc/passwd.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type InstanceId, say } from '@zhiyun/contracts';
import { PlatformError } from '@zhiyun/kernel';

export interface UserRange {
  first: number;
  count: number;
}

/**
 * Above what distributions give to people, services, containers and subordinate users, below what does not fit in 31 bits. Large, for
 * nodes that share a machine draw from it without knowing of each other.
 */
export const defaultUserRange: UserRange = { first: 0x7000_0000, count: 2 ** 24 };

/** Allocation book. A claim is recorded synchronously, so concurrent callers never share a uid. */
export class GuestUsers {
  /** Undefined: instances share the hypervisor's user. */
  readonly #range: UserRange | undefined;
  readonly #held = new Set<number>();

  constructor(range: UserRange | undefined) {
    this.#range = range;
  }

  /** For what the ledger says. */
  hold(uid: number): void {
    this.#held.add(uid);
  }

  /** Drawn from the instance's id, so that the same instance gets the same again. Undefined: there are none to give. */
  claim(instanceId: InstanceId): number | undefined {
    if (!this.#range) return undefined;
    const { first, count } = this.#range;
    const wanted = createHash('sha256').update(instanceId).digest().readUInt32BE() % count;
    for (let step = 0; step < count; step++) {
      const uid = first + ((wanted + step) % count);
      if (this.#held.has(uid)) continue;
      this.#held.add(uid);
      return uid;
    }
    throw new PlatformError('insufficient-capacity', say('machine.no-users', { count }));
  }

  release(uid: number | undefined): void {
    if (uid !== undefined) this.#held.delete(uid);
  }
}

/** Why a range cannot be used; undefined: it can. Of the texts of `/proc/self/uid_map`, `/etc/passwd` and `/etc/subuid`. */
export function rangeFault(
  { first, count }: UserRange,
  texts: { uidMap: string; passwd: string; subuid: string },
): string | undefined {
  const last = first + count - 1;
  const inside = (from: number, length: number) => from <= last && from + length - 1 >= first;
  const mapped = texts.uidMap
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .some(([from = 0, , length = 0]) => from <= first && from + length - 1 >= last);
  if (!mapped) return 'this machine is a container whose users do not reach so far';
  for (const line of texts.passwd.split('\n')) {
    const [name = '', , uid] = line.split(':');
    if (uid !== undefined && inside(Number(uid), 1)) return `${name} of /etc/passwd has one of them`;
  }
  for (const line of texts.subuid.split('\n')) {
    const [name = '', from, length] = line.split(':');
    if (length !== undefined && inside(Number(from), Number(length)))
      return `/etc/subuid gives some of them to ${name}`;
  }
  return undefined;
}

/** Looks at this machine. */
export async function findRangeFault(range: UserRange): Promise<string | undefined> {
  const [uidMap, passwd, subuid] = await Promise.all(
    ['/proc/self/uid_map', '/etc/passwd', '/etc/subuid'].map((file) => readFile(file, 'utf8').catch(() => '')),
  );
  return rangeFault(range, { uidMap: uidMap ?? '', passwd: passwd ?? '', subuid: subuid ?? '' });
}
