/** DHCP reservations for dnsmasq, one file per slot; also the list of guests. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GuestLink } from './slots.ts';

/** In dnsmasq's format. */
export function reservationOf({ macAddress, address }: GuestLink): string {
  return `${macAddress},${address}\n`;
}

/** The MAC address; undefined for what we have not written. */
export function parseReservation(text: string): string | undefined {
  return /^([0-9a-f]{2}(?::[0-9a-f]{2}){5}),[\d.]+\n$/.exec(text)?.[1];
}

/** By slot; none where there is no such directory. */
export async function readReservations(directory: string): Promise<ReadonlyMap<string, string>> {
  const names = await readdir(directory).catch(() => []);
  const texts = names.map(
    async (name) => [name, await readFile(join(directory, name), 'utf8').catch(() => '')] as const,
  );
  return new Map(await Promise.all(texts));
}
