/** What of a file system is there for us. Pure, from the figures of `statfs`. */

export interface FileSystemFigures {
  /** Of a block. */
  bsize: number;
  blocks: number;
  bfree: number;
  /** Free for others than root, whose reserve guests cannot use. */
  bavail: number;
}

/** `total - used` is what guests may still write. */
export function diskSpace({ bsize, blocks, bfree, bavail }: FileSystemFigures): { total: number; used: number } {
  const used = blocks - bfree;
  return { total: (used + bavail) * bsize, used: used * bsize };
}
