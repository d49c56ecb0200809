/** Files that the user named and that cannot be read or written, in words instead of an errno. */
import { said } from './words/said.ts';

const toBeMade = new Set<string>();
/** This file is to be made: when it cannot be, its directory is what is missing. */
export function writingTo(path: string): string {
  toBeMade.add(path);
  return path;
}

/** Undefined: the error is not about a file. */
export function fileSentence(error: unknown): string | undefined {
  const { code, path } = (error instanceof Error ? error : {}) as NodeJS.ErrnoException;
  if (path === undefined) return undefined;
  switch (code) {
    case 'ENOENT':
      return toBeMade.has(path) ? said.fileNoDirectory(path) : said.fileMissing(path);
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return said.fileForbidden(path);
    case 'EISDIR':
      return said.fileIsDirectory(path);
    case 'ENOTDIR':
      return said.fileNoDirectory(path);
    case 'ENOSPC':
    case 'EDQUOT':
      return said.diskFull(path);
    default:
      return undefined;
  }
}
