/** Sizes are whole bytes everywhere; these are the only multipliers. */
export const KiB = 1024;
export const MiB = 1024 * KiB;
export const GiB = 1024 * MiB;
export const TiB = 1024 * GiB;

const steps: readonly (readonly [number, string])[] = [
  [TiB, 'TiB'],
  [GiB, 'GiB'],
  [MiB, 'MiB'],
  [KiB, 'KiB'],
];

/** `1288490188` → `1.2 GiB`. For people; programs get bytes. */
export function formatBytes(bytes: number): string {
  for (const [size, unit] of steps) {
    if (Math.abs(bytes) >= size) {
      const value = bytes / size;
      return `${Number.isInteger(value) ? value : value.toFixed(1)} ${unit}`;
    }
  }
  return `${bytes} B`;
}

/** `2GiB`, `512M`, `1.5 GiB`, `4096` → bytes; `undefined` when it cannot be read. A bare letter means the binary multiple. */
export function parseBytes(text: string): number | undefined {
  const match = /^\s*(\d+(?:\.\d+)?)\s*(?:([KMGT])(?:i?B)?|B)?\s*$/i.exec(text);
  if (!match) return undefined;
  const factor = { K: KiB, M: MiB, G: GiB, T: TiB }[match[2]?.toUpperCase() ?? ''] ?? 1;
  const bytes = Number(match[1]) * factor;
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}
