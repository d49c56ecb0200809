/** What is written down for dnsmasq, which is also who is a guest here: a file per slot. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GuestLink } from './slots.ts';

/** As dnsmasq reads it. */
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
