import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GiB, MiB, TiB } from '@zhiyun/contracts';
import { skippable, unmet } from '@zhiyun/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Backing, clusterBytes, renderQcow2 } from './qcow2.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'zhiyun-qcow2-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

function write(name: string, virtualBytes: number, backing: Backing | null): string {
  const path = join(directory, name);
  const { fileBytes, parts } = renderQcow2(virtualBytes, backing);
  const file = openSync(path, 'w');
  ftruncateSync(file, fileBytes);
  for (const { at, bytes } of parts) writeSync(file, bytes, 0, bytes.length, at);
  closeSync(file);
  return path;
}

function qemuImg(...args: string[]): string {
  return execFileSync('qemu-img', args, { encoding: 'utf8' });
}

test('everything lies inside the file and in its own cluster', () => {
  const { fileBytes, parts } = renderQcow2(64 * TiB, { name: 'x'.repeat(1023), format: 'qcow2' });
  expect(fileBytes).toBe(19 * clusterBytes);
  for (const { bytes } of parts) expect(bytes.length).toBeLessThanOrEqual(clusterBytes);
});

test('a backing name that the format cannot hold is refused', () => {
  expect(() => renderQcow2(MiB, { name: 'x'.repeat(1024), format: 'raw' })).toThrow(RangeError);
});

const missing = unmet({ programs: ['qemu-img', 'qemu-io'] });
describe.skipIf(missing)(skippable('as qemu-img sees it', missing), () => {
  test.each([
    ['1 MiB', MiB],
    ['one sector more than an L1 entry covers', 512 * MiB + 512],
    ['10 GiB', 10 * GiB],
    ['64 TiB', 64 * TiB],
  ])('a blank disk of %s has no error', (_, size) => {
    const path = write(`blank-${size}.qcow2`, size, null);
    expect(JSON.parse(qemuImg('check', '--output=json', '-f', 'qcow2', path))).toMatchObject({ 'check-errors': 0 });
    const info = JSON.parse(qemuImg('info', '--output=json', '-f', 'qcow2', path));
    expect(info).toMatchObject({ 'virtual-size': size, 'cluster-size': clusterBytes });
    expect(info['format-specific'].data).toMatchObject({ compat: '1.1', 'refcount-bits': 16, corrupt: false });
  });

  test.each(['raw', 'qcow2'] as const)(
    'an overlay over a %s image names file and format, and shows its bytes',
    (format) => {
      const base = join(directory, `base.${format}`);
      const content = Buffer.alloc(MiB, 'zhiyun');
      writeFileSync(join(directory, 'content.raw'), content);
      qemuImg('convert', '-f', 'raw', '-O', format, join(directory, 'content.raw'), base);
      const overlay = write(`overlay-${format}.qcow2`, 8 * MiB, { name: `base.${format}`, format });

      const info = JSON.parse(qemuImg('info', '--output=json', '-f', 'qcow2', overlay));
      expect(info).toMatchObject({ 'backing-filename': `base.${format}`, 'backing-filename-format': format });
      expect(JSON.parse(qemuImg('check', '--output=json', '-f', 'qcow2', overlay))).toMatchObject({
        'check-errors': 0,
      });
      expect(spawnSync('qemu-img', ['compare', '-f', format, '-F', 'qcow2', base, overlay]).status).toBe(0);
    },
  );

  test('a disk that was written to stays whole', () => {
    const path = write('written.qcow2', 3 * GiB, null);
    execFileSync('qemu-io', ['-f', 'qcow2', '-c', 'write -P 7 0 1M', '-c', 'write -P 9 2G 1M', path]);
    expect(qemuImg('check', '-f', 'qcow2', path)).toMatch(/No errors/);
  });
});
