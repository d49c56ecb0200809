/** The form for a new image, without its looks. */
import type { CreateImage, ImageKind, ImportImage } from '@zhiyun/contracts';

export interface ImageValues {
  way: 'upload' | 'import';
  path?: string;
  storageServer?: string;
  name: string;
  kind: ImageKind;
  description?: string;
  sha256?: string;
}

/** The same on the command line. */
export { imageNameOf as nameOfFile } from '@zhiyun/contracts';

export function kindOfFile(fileName: string): ImageKind {
  return /\.iso$/i.test(fileName) ? 'iso' : 'disk';
}

function common({ name, kind, description, sha256 }: ImageValues) {
  const sum = sha256?.trim().toLowerCase();
  return {
    name: name.trim(),
    kind,
    ...(description ? { description } : {}),
    ...(sum ? { sha256: sum } : {}),
  };
}

export function toCreateImage(values: ImageValues, sizeBytes: number): CreateImage {
  return { ...common(values), sizeBytes };
}

export function toImportImage(values: ImageValues): ImportImage {
  const { path, storageServer } = values;
  return { ...common(values), path: path?.trim() ?? '', ...(storageServer ? { storageServer } : {}) };
}

const fields = new Set(['name', 'kind', 'description', 'sha256', 'path', 'storageServer']);

export function imageFieldOf(path: string): string | undefined {
  if (path === 'sizeBytes') return 'file';
  return fields.has(path) ? path : undefined;
}
