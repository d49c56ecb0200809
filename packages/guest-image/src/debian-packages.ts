/**
 * The Debian packages a guest is made of: which version apt would install now, and their contents unpacked below a
 * directory. Nothing is installed on this machine.
 */
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PlatformError } from '@zhiyun/kernel';
import { runTool } from './run-tool.ts';

export interface DebianPackage {
  readonly name: string;
  readonly version: string;
}

/** The kernel made for virtual machines: few drivers and an LZ4 image, which is what makes it fast without hardware help. */
const kernelMetaPackage = 'linux-image-cloud-amd64';

/** Asks apt's own lists, without the network. `unavailable` when they do not know a package. */
export async function resolveGuestPackages(): Promise<DebianPackage[]> {
  const depends = await runTool('apt-cache', ['depends', '--important', kernelMetaPackage]).catch(() => '');
  const kernel = /Depends: (linux-image-\S+)/.exec(depends)?.[1];
  if (kernel === undefined) throw unknownPackage(kernelMetaPackage);
  return Promise.all([kernel, 'busybox-static', 'syslinux-common'].map(resolvePackage));
}

async function resolvePackage(name: string): Promise<DebianPackage> {
  const version = /Candidate: (\S+)/.exec(await runTool('apt-cache', ['policy', name]))?.[1];
  if (version === undefined || version === '(none)') throw unknownPackage(name);
  return { name, version };
}

function unknownPackage(name: string): PlatformError {
  return new PlatformError(
    'unavailable',
    `The test guest cannot be built: apt does not know the package ${name}. The guest is made of Debian amd64 packages; run apt-get update, or build it on a Debian machine.`,
  );
}

/** Downloads the packages into `directory` and unpacks them all below the returned path. */
export async function unpackPackages(packages: readonly DebianPackage[], directory: string): Promise<string> {
  const tree = join(directory, 'packages');
  await mkdir(tree);
  await runTool(
    'apt-get',
    ['-qq', '-o', 'APT::Sandbox::User=', 'download', ...packages.map(({ name, version }) => `${name}=${version}`)],
    { cwd: directory },
  );
  for (const file of await readdir(directory)) {
    if (file.endsWith('.deb')) await runTool('dpkg-deb', ['-x', join(directory, file), tree]);
  }
  return tree;
}
