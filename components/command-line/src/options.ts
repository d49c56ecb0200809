/** Readers of option values, with errors that say what would be right. */
import { parseBytes } from '@zhiyun/contracts';
import { type ComponentType, componentTypes } from '@zhiyun/contracts/links';
import { InvalidArgumentError } from 'commander';
import { said } from './words/said.ts';

export function bytesOption(text: string): number {
  const bytes = parseBytes(text);
  if (bytes === undefined) throw new InvalidArgumentError(said.giveSize());
  return bytes;
}

export function integerOption(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value)) throw new InvalidArgumentError(said.giveWholeNumber());
  return value;
}

const secondsIn: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 24 * 3600 };
/** In seconds: `30m`, `2h`, `1.5h`, `7d`; a bare number is seconds. */
export function durationOption(text: string): number {
  const [, amount, unit = 's'] = /^(\d+(?:\.\d+)?)([smhd])?$/.exec(text.trim()) ?? [];
  if (amount === undefined) throw new InvalidArgumentError(said.giveDuration());
  return Math.round(Number(amount) * (secondsIn[unit] ?? 1));
}

/** `node-client` or `node-client,storage-server`; may be given several times. */
export function rolesOption(text: string, before: ComponentType[] = []): ComponentType[] {
  const roles = text.split(',').map((role) => {
    const known = componentTypes.find((type) => type === role.trim());
    if (!known) throw new InvalidArgumentError(said.rolesAre(componentTypes));
    return known;
  });
  return [...new Set([...before, ...roles])];
}

export interface DiskOption {
  sizeBytes?: number;
  image?: string;
}
/** `10GiB`, `image=debian`, or `10GiB,image=debian`; may be given several times. */
export function diskOption(text: string, before: DiskOption[] = []): DiskOption[] {
  const disk: DiskOption = {};
  for (const part of text.split(',')) {
    if (part.startsWith('image=')) disk.image = part.slice('image='.length);
    else disk.sizeBytes = bytesOption(part.replace(/^size=/, ''));
  }
  return [...before, disk];
}
