/**
 * The endpoint this machine advertises: its outward IPv4 addresses, then its global IPv6 ones. Guest networks are left
 * out.
 */
import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import { BlockList, isIPv6 } from 'node:net';
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';
import { isGuestInterface } from '@zhiyun/contracts';
import type { LinkEndpoint } from '@zhiyun/contracts/links';
import { type Clock, Emitter, systemClock } from '@zhiyun/kernel';

const pollMs = 1_000;
const maxHosts = 16;

type Interfaces = NodeJS.Dict<NetworkInterfaceInfo[]>;

const unfit = new BlockList();
unfit.addSubnet('169.254.0.0', 16, 'ipv4');
unfit.addSubnet('fe80::', 10, 'ipv6');

/** Best first; loopback when there is nothing else. IPv6 only when `listenHost` is `::`, which hears both. */
export function hostsOf(interfaces: Interfaces, listenHost: string): string[] {
  if (!isAnyHost(listenHost)) return [listenHost];
  const outward = Object.entries(interfaces)
    .filter(([name]) => !isGuestInterface(name))
    .flatMap(([, addresses]) => addresses ?? [])
    .filter(({ internal, address, family }) => !internal && !unfit.check(address, family === 'IPv4' ? 'ipv4' : 'ipv6'))
    .map(({ address }) => address);
  const ipv4 = outward.filter((address) => !isIPv6(address));
  const ipv6 = listenHost === '::' ? outward.filter((address) => isIPv6(address)) : [];
  const hosts = [...new Set([...ipv4, ...ipv6])].slice(0, maxHosts);
  return hosts.length > 0 ? hosts : ['127.0.0.1'];
}

/** Wildcard address to listen on: dual-stack `::` if this kernel has IPv6 at all. */
export function anyHost(): string {
  return existsSync('/proc/net/if_inet6') ? '::' : '0.0.0.0';
}

export function isAnyHost(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

/** Reachable from this machine alone. */
export function isLoopback(host: string): boolean {
  return host.startsWith('127.') || host === '::1' || host === 'localhost';
}

let machine: string | undefined;

/** Identifies one network namespace of one running kernel: processes that share it meet on loopback. */
export function machineId(): string {
  machine ??= `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${readlinkSync('/proc/self/ns/net').replaceAll(/\D/g, '')}`;
  return machine;
}

/** Endpoint to advertise for a listener here. `hosts`: fixed ones, instead of the machine's present addresses. */
export function ownEndpoint(listenHost: string, port: number, hosts?: readonly string[]): LinkEndpoint {
  return { hosts: [...(hosts ?? hostsOf(networkInterfaces(), listenHost))], port, machine: machineId() };
}

/** Notifies listeners when the machine's addresses change. Polls only while there is a listener. */
export class AddressWatcher {
  readonly #read: () => Interfaces;
  readonly #clock: Clock;
  readonly #changes = new Emitter<void>();
  #listeners = 0;
  #polling: Disposable | undefined;
  #last = '';

  constructor(read: () => Interfaces, clock: Clock) {
    this.#read = read;
    this.#clock = clock;
  }

  on(listener: () => void): Disposable {
    const listening = this.#changes.on(listener);
    if (this.#listeners++ === 0) {
      this.#last = this.#present();
      this.#polling = this.#clock.every(pollMs, () => this.#poll());
    }
    let on = true;
    return {
      [Symbol.dispose]: () => {
        if (!on) return;
        on = false;
        listening[Symbol.dispose]();
        if (--this.#listeners === 0) this.#polling?.[Symbol.dispose]();
      },
    };
  }

  #poll(): void {
    const present = this.#present();
    if (present === this.#last) return;
    this.#last = present;
    this.#changes.emit();
  }

  /** Guest taps are left out: they come and go all the time. */
  #present(): string {
    return hostsOf(this.#read(), '::').join(' ');
  }
}

/** One watcher per process, shared by its members. */
export const ownAddresses = new AddressWatcher(networkInterfaces, systemClock);

/** Every address of this machine, loopback too. */
export function presentAddresses(): ReadonlySet<string> {
  return new Set(
    Object.values(networkInterfaces()).flatMap((addresses) => (addresses ?? []).map(({ address }) => address)),
  );
}
