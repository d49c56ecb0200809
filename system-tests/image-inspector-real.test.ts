/** The inspector against files made by the real qemu-img, among them those that leak files of the host when a reader probes. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, readSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ImageKind } from '@zhiyun/contracts';
import { PlatformError } from '@zhiyun/kernel';
import { type Inspection, inspectImage } from '@zhiyun/storage-server/image-inspector';
import { skippable, unmet } from '@zhiyun/testkit';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const missing = unmet({ programs: ['qemu-img', 'genisoimage'] });
const MiB = 1024 * 1024;

describe.skipIf(missing)(skippable('images made by qemu-img', missing), () => {
  const directory = mkdtempSync(join(tmpdir(), 'zhiyun-inspector-'));
  afterAll(() => rmSync(directory, { recursive: true }));
  const at = (name: string) => join(directory, name);
  const qemuImg = (...args: string[]) => execFileSync('qemu-img', args, { cwd: directory, encoding: 'utf8' });

  function inspect(path: string, kind: ImageKind = 'disk'): Promise<Inspection> {
    const file = openSync(path, 'r');
    return inspectImage(
      async (offset, length) => {
        const bytes = Buffer.alloc(length);
        return bytes.subarray(0, readSync(file, bytes, 0, length, offset));
      },
      statSync(path).size,
      kind,
    );
  }

  beforeAll(() => {
    writeFileSync(at('secret'), `${'root:$6$secret'.padEnd(511)}\n`.repeat(2048));
    execFileSync('sh', ['-c', `head -c ${3 * MiB} /dev/urandom >noise; truncate -s 8M noise`], { cwd: directory });
  });

  test.each([
    ['thin', []],
    ['version 2', ['-o', 'compat=0.10']],
    ['small clusters', ['-o', 'cluster_size=512']],
    ['large clusters', ['-o', 'cluster_size=2M']],
    ['subclusters', ['-o', 'extended_l2=on']],
    ['lazy refcounts', ['-o', 'lazy_refcounts=on']],
    ['compressed', ['-c']],
    ['compressed with zstd', ['-c', '-o', 'compression_type=zstd']],
  ])('qcow2, %s, passes', async (_name, options) => {
    qemuImg('convert', '-f', 'raw', '-O', 'qcow2', ...options, 'noise', 'good.qcow2');
    expect(await inspect(at('good.qcow2'))).toEqual({ format: 'qcow2', virtualSizeBytes: 8 * MiB });
  });

  test('qcow2 of 1 TiB with nothing in it passes, as does a raw disk', async () => {
    qemuImg('create', '-q', '-f', 'qcow2', 'thin.qcow2', '1T');
    expect(await inspect(at('thin.qcow2'))).toEqual({ format: 'qcow2', virtualSizeBytes: 1024 ** 4 });
    expect(await inspect(at('noise'))).toEqual({ format: 'raw', virtualSizeBytes: 8 * MiB });
  });

  test('what leaks a file of the host is refused', async () => {
    qemuImg('create', '-q', '-f', 'qcow2', '-F', 'raw', '-b', at('secret'), 'backing.qcow2');
    qemuImg(
      'create',
      '-q',
      '-f',
      'qcow2',
      '-u',
      '-F',
      'raw',
      '-b',
      'json:{"driver":"file","filename":"/etc/shadow"}',
      'json.img',
      '8M',
    );
    qemuImg('create', '-q', '-f', 'qcow2', '-o', `data_file=${at('data')},data_file_raw=on`, 'data.qcow2', '1M');
    qemuImg('create', '-q', '-f', 'vmdk', '-o', 'subformat=monolithicFlat', 'flat.vmdk', '1M');
    const descriptor = readFileSync(at('flat.vmdk'), 'latin1').replace('flat-flat.vmdk', at('secret'));
    writeFileSync(at('flat.raw'), descriptor.padEnd(MiB, '\0'), 'latin1');
    // They are what we fear: read as whatever they look like, they give the secret away.
    for (const leaking of ['backing.qcow2', 'flat.raw']) {
      qemuImg('convert', '-O', 'raw', leaking, 'leaked');
      expect(readFileSync(at('leaked')).includes('root:$6$secret')).toBe(true);
    }
    for (const name of ['backing.qcow2', 'json.img', 'data.qcow2', 'flat.vmdk', 'flat.raw']) {
      for (const kind of ['disk', 'iso'] as const) {
        await expect(inspect(at(name), kind)).rejects.toMatchObject({ code: 'image-refused' });
      }
    }
  });

  test('snapshots, encryption and impossible sizes are refused', async () => {
    qemuImg('create', '-q', '-f', 'qcow2', 'snapshot.qcow2', '8M');
    qemuImg('snapshot', '-c', 'before', 'snapshot.qcow2');
    const secret = ['--object', 'secret,id=s,data=abc'];
    qemuImg(
      'create',
      '-q',
      '-f',
      'qcow2',
      ...secret,
      '-o',
      'encrypt.format=aes,encrypt.key-secret=s',
      'encrypted.qcow2',
      '8M',
    );
    qemuImg('create', '-q', '-f', 'qcow2', '-o', 'cluster_size=2M', 'bomb.qcow2', '1000T');
    for (const name of ['snapshot.qcow2', 'encrypted.qcow2', 'bomb.qcow2']) {
      await expect(inspect(at(name))).rejects.toMatchObject({ code: 'image-refused' });
    }
  });

  test.each([
    ['vmdk', 'monolithicSparse', /VMDK/],
    ['vmdk', 'streamOptimized', /VMDK/],
    ['vpc', 'dynamic', /VHD/],
    ['vpc', 'fixed', /VHD/],
    ['vhdx', 'dynamic', /VHDX/],
    ['vdi', '', /VDI/],
    ['qed', '', /QED/],
    ['qcow', '', /QCOW version 1/],
    ['parallels', '', /Parallels/],
  ] as const)('%s %s is refused by name', async (format, subformat, name) => {
    qemuImg(
      'create',
      '-q',
      '-f',
      format,
      ...(subformat ? ['-o', `subformat=${subformat}`] : []),
      `foreign.${format}`,
      '8M',
    );
    await expect(inspect(at(`foreign.${format}`))).rejects.toMatchObject({
      code: 'image-refused',
      message: expect.stringMatching(name),
    });
  });

  test('a real ISO passes as ISO and is named when given as disk', async () => {
    execFileSync('genisoimage', ['-quiet', '-J', '-R', '-o', 'real.iso', 'secret'], { cwd: directory });
    expect(await inspect(at('real.iso'), 'iso')).toMatchObject({ format: 'iso9660' });
    await expect(inspect(at('real.iso'), 'disk')).rejects.toMatchObject({
      code: 'image-wrong-kind',
      message: expect.stringContaining('it is an ISO image'),
    });
    await expect(inspect(at('noise'), 'iso')).rejects.toMatchObject({ code: 'image-wrong-kind' });
  });

  test('no mutant that passes makes qemu-img name another file', async () => {
    qemuImg('create', '-q', '-f', 'qcow2', '-F', 'raw', '-b', at('secret'), 'backing.qcow2');
    qemuImg('create', '-q', '-f', 'qcow2', '-o', `data_file=${at('data')}`, 'data.qcow2', '1M');
    qemuImg('create', '-q', '-f', 'qcow2', 'plain.qcow2', '1M');
    const bases = ['backing.qcow2', 'data.qcow2', 'plain.qcow2'].map((name) => readFileSync(at(name)));
    const change = fc.tuple(fc.oneof(fc.nat(112), fc.nat(512)), fc.uint8Array({ minLength: 1, maxLength: 8 }));
    let passed = 0;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...bases), fc.array(change, { maxLength: 3 }), async (base, changes) => {
        const image = Buffer.from(base);
        for (const [offset, bytes] of changes) image.set(bytes, offset);
        writeFileSync(at('mutant'), image);
        const verdict = await inspect(at('mutant')).catch((error: unknown) => error);
        if (verdict instanceof Error) {
          expect(verdict).toBeInstanceOf(PlatformError);
          return;
        }
        passed += 1;
        const { format } = verdict as Inspection;
        const info = infoOf(format);
        expect(info).not.toContain('backing-filename');
        expect(info).not.toContain('data-file"');
      }),
      { numRuns: 400 },
    );
    expect(passed).toBeGreaterThan(20);
  });

  /** Empty when qemu-img refuses it, too. */
  function infoOf(format: string): string {
    try {
      const args = ['info', '--output=json', '-f', format, at('mutant')];
      return execFileSync('qemu-img', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], timeout: 30_000 });
    } catch {
      return '';
    }
  }
});
