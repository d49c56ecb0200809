import { expect, test } from 'vitest';
import { cpioArchive, directoryEntry, fileEntry } from './cpio.ts';

test('an archive is what cpio(5) says: newc headers, names and contents padded to four bytes', () => {
  const archive = cpioArchive([directoryEntry('bin'), fileEntry('init', Buffer.from('hello'), 0o755)]);
  const members: [string, number, string][] = [];
  for (let at = 0; at < archive.length; ) {
    const field = (index: number) =>
      Number.parseInt(archive.toString('latin1', at + 6 + 8 * index, at + 14 + 8 * index), 16);
    expect(archive.toString('latin1', at, at + 6)).toBe('070701');
    const [mode, size, nameSize] = [field(1), field(6), field(11)];
    const content = at + Math.ceil((110 + nameSize) / 4) * 4;
    members.push([
      archive.toString('latin1', at + 110, at + 110 + nameSize - 1),
      mode,
      archive.toString('latin1', content, content + size),
    ]);
    at = content + Math.ceil(size / 4) * 4;
  }
  expect(members).toEqual([
    ['bin', 0o040755, ''],
    ['init', 0o100755, 'hello'],
    ['TRAILER!!!', 0, ''],
  ]);
});
