/** What a file says of itself before it is sent, the same in the console and on the command line: a name for the image, and its kind. */
import { KiB } from '../units.ts';
import type { ImageKind } from './image.ts';

/** `debian-13.1.0-amd64 (1).iso` → `debian-13.1.0-amd64-1`: what the platform takes as a name. Empty when nothing is left. */
export function imageNameOf(fileName: string): string {
  const base = fileName.split(/[/\\]/).at(-1) ?? '';
  return base
    .normalize('NFC')
    .replace(/\.(iso|qcow2|raw|img)$/i, '')
    .replace(/[^\p{L}\p{M}\p{N}._-]+/gu, '-')
    .replace(/^[^\p{L}\p{N}]+|[._-]+$/gu, '')
    .slice(0, 63);
}

/** So much of a file tells its kind: a disc has its first descriptor at 32 KiB. */
export const imageStartBytes = 34 * KiB;
const discMark = { at: 32 * KiB + 1, text: 'CD001' };
const qcow2Mark = { at: 0, text: 'QFI\u00fb' };
const bootSectorMark = { at: 510, text: '\u0055\u00aa' };

/** What the file can be, the likeliest first. A hybrid ISO is a disc and a disk that begins with a boot sector: it may be either. */
export function imageKindsOf(start: Uint8Array, fileName: string): readonly [ImageKind, ...ImageKind[]] {
  if (has(start, qcow2Mark) || !has(start, discMark)) return ['disk'];
  if (!has(start, bootSectorMark)) return ['iso'];
  return /\.iso$/i.test(fileName) ? ['iso', 'disk'] : ['disk', 'iso'];
}

function has(bytes: Uint8Array, { at, text }: { at: number; text: string }): boolean {
  return [...text].every((character, index) => bytes[at + index] === character.charCodeAt(0));
}
