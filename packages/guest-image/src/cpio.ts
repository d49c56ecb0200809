/** Writes a cpio archive in the "newc" form, the one the Linux kernel unpacks as its first root. */

export interface ArchiveEntry {
  /** Without leading slash. */
  readonly path: string;
  /** File type and permissions, as in `stat`. */
  readonly mode: number;
  readonly content: Buffer;
}

export function directoryEntry(path: string): ArchiveEntry {
  return { path, mode: 0o040755, content: Buffer.alloc(0) };
}
export function fileEntry(path: string, content: Buffer, permissions = 0o644): ArchiveEntry {
  return { path, mode: 0o100000 | permissions, content };
}

export function cpioArchive(entries: readonly ArchiveEntry[]): Buffer {
  const trailer: ArchiveEntry = { path: 'TRAILER!!!', mode: 0, content: Buffer.alloc(0) };
  return Buffer.concat([...entries, trailer].flatMap((entry, index) => encodeEntry(entry, index + 1)));
}

function encodeEntry({ path, mode, content }: ArchiveEntry, inode: number): Buffer[] {
  const name = Buffer.from(`${path}\0`);
  const [uid, gid, modified, device, checksum] = [0, 0, 0, 0, 0];
  const links = 1;
  const fields = [
    ...[inode, mode, uid, gid, links, modified, content.length],
    ...[device, device, device, device, name.length, checksum],
  ];
  const header = Buffer.from(`070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}`);
  return [header, name, padding(header.length + name.length), content, padding(content.length)];
}

/** Everything starts at a multiple of four. */
function padding(length: number): Buffer {
  return Buffer.alloc((4 - (length % 4)) % 4);
}
