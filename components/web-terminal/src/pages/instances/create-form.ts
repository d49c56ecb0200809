/** The form for a new instance, without its looks: defaults, the request it makes, and where each error belongs. */
import {
  type CreateInstance,
  type CreateInstances,
  type createInstanceSchema,
  defaultInstance,
  formatBytes,
  GiB,
  type Image,
  maxCores,
  maxDiskBytes,
  maxMemoryBytes,
  minDiskBytes,
  minMemoryBytes,
  nameRuleFault,
  namesByRule,
} from '@zhiyun/contracts';
import type { z } from 'zod';

export type Source = 'disk' | 'iso' | 'blank';

export interface CreateValues {
  /** Of one; of several the rule of their names, see `ruleOf`. */
  name: string;
  count?: number;
  computePool?: string;
  source: Source;
  /** Id of a disk image or of an ISO, by `source`. */
  image?: string;
  cores: number;
  memoryBytes: number;
  diskBytes: number;
  start: boolean;
}

/** Sizes most people choose from; anything else is typed. */
export const presets = [
  { cores: 1, memoryBytes: 1 * GiB },
  { cores: 2, memoryBytes: 4 * GiB },
  { cores: 4, memoryBytes: 8 * GiB },
  { cores: 8, memoryBytes: 16 * GiB },
] as const;

export const coresBounds = { min: 1, max: maxCores };
export const memoryBounds = { min: minMemoryBytes, max: maxMemoryBytes, format: formatBytes };
export const diskBounds = { min: minDiskBytes, max: maxDiskBytes, format: formatBytes };

const letters = 'abcdefghjkmnpqrstuvwxyz23456789';

/** `debian-k3fa`: short, easy to read aloud, unlikely to be taken. */
export function suggestName(image: Pick<Image, 'name'> | undefined, random: () => number = Math.random): string {
  const base = /^[\p{L}\p{N}]+/u.exec(image?.name ?? '')?.[0]?.slice(0, 24) ?? 'vm';
  const tail = Array.from({ length: 4 }, () => letters[Math.floor(random() * letters.length)]).join('');
  return `${base}-${tail}`;
}

/** What an image needs of the disk made from it, in whole GiB. */
export function diskBytesFor(image: Pick<Image, 'virtualSizeBytes'> | undefined): number {
  const needed = image?.virtualSizeBytes ?? 0;
  return Math.max(defaultInstance.diskBytes, Math.ceil(needed / GiB) * GiB);
}

export function toCreateInstance(values: CreateValues): z.input<typeof createInstanceSchema> {
  const { name, computePool, source, image, cores, memoryBytes, diskBytes, start } = values;
  const body: CreateInstance = {
    name: name.trim(),
    cores,
    memoryBytes,
    disks: [{ sizeBytes: diskBytes, ...(source === 'disk' && image ? { image } : {}) }],
    start,
  };
  if (computePool) body.computePool = computePool;
  if (source === 'iso' && image) body.iso = image;
  return body;
}

/** Who writes no place for the number means it at the end. */
export function ruleOf({ name, count = 1 }: Pick<CreateValues, 'name' | 'count'>): string {
  const rule = name.trim();
  return count > 1 && !rule.includes('{') ? `${rule}-{n}` : rule;
}

/** `web-1, web-2 … web-20`; undefined while the rule is none. */
export function previewNames(values: Pick<CreateValues, 'name' | 'count'>): string | undefined {
  const { count = 1 } = values;
  const rule = ruleOf(values);
  if (!Number.isInteger(count) || count < 2 || nameRuleFault(rule, { count, from: 1 })) return undefined;
  const [first, second, ...others] = namesByRule(rule, { count, from: 1 });
  const last = others.at(-1);
  return [first, second].join(', ') + (last === undefined ? '' : `${others.length > 1 ? ' … ' : ', '}${last}`);
}

export function toCreateInstances(values: CreateValues): CreateInstances {
  const { name: _, ...body } = toCreateInstance(values);
  return { ...body, count: values.count ?? 1, nameRule: ruleOf(values) };
}

const direct = new Set(['name', 'count', 'computePool', 'cores', 'memoryBytes', 'start']);

export function createFieldOf(path: string): keyof CreateValues | undefined {
  if (direct.has(path)) return path as keyof CreateValues;
  if (path === 'nameRule') return 'name';
  if (path === 'iso' || /^disks\.\d+\.image$/.test(path)) return 'image';
  if (path === 'disks' || /^disks\.\d+(\.sizeBytes)?$/.test(path)) return 'diskBytes';
  return undefined;
}
