/** Readers of option values, with errors that say what would be right. */
import { parseBytes } from '@zhiyun/contracts';
import { InvalidArgumentError } from 'commander';

export function bytesOption(text: string): number {
  const bytes = parseBytes(text);
  if (bytes === undefined) throw new InvalidArgumentError('Give a size like 512MiB, 2GiB or 4096.');
  return bytes;
}

export function integerOption(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value)) throw new InvalidArgumentError('Give a whole number.');
  return value;
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
