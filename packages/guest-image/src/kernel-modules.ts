/** Finds kernel modules and what they depend on, in the order `insmod` needs them. */
import { glob, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { PlatformError } from '@zhiyun/kernel';

/** Needed to see the disk. */
export const diskModules = ['virtio_pci', 'virtio_blk'] as const;
/** Needed to be READY: network and power button (acpid hears it through evdev). */
export const readyModules = ['virtio_net', 'button', 'evdev'] as const;
/** Nice to have: CD drive, balloon, entropy. Loaded when READY is said. */
export const laterModules = ['sr_mod', 'isofs', 'virtio_scsi', 'virtio_balloon', 'virtio-rng'] as const;

export interface KernelModule {
  readonly fileName: string;
  readonly path: string;
}

/** `undefined` when the name is built into the kernel or has no module. */
type Find = (name: string) => string | undefined;

/** `wanted` with all they depend on, dependencies first; those in `loaded` are left out, and the new ones added to it. */
export async function moduleOrder(find: Find, wanted: readonly string[], loaded: Set<string>): Promise<KernelModule[]> {
  const order: KernelModule[] = [];
  for (const name of wanted) {
    const path = find(name);
    if (path === undefined || loaded.has(path)) continue;
    loaded.add(path);
    order.push(...(await moduleOrder(find, await dependencies(path), loaded)), { fileName: basename(path), path });
  }
  return order;
}

/** A module says what it needs in its `.modinfo` section, as NUL-ended `key=value` strings. */
async function dependencies(path: string): Promise<string[]> {
  const modinfo = (await readFile(path)).toString('latin1');
  return (/\0depends=([^\0]*)\0/.exec(modinfo)?.[1] ?? '').split(',').filter((name) => name !== '');
}

/** A finder over an unpacked kernel package. Modules are named with `_` or `-` alike. */
export async function moduleFinder(packageTree: string): Promise<Find> {
  const paths = new Map<string, string>();
  for await (const file of glob('lib/modules/*/kernel/**/*.ko', { cwd: packageTree })) {
    paths.set(canonicalName(basename(file, '.ko')), join(packageTree, file));
  }
  if (paths.size === 0) {
    throw new PlatformError('internal', 'The test guest cannot be built: the kernel package has no plain modules.');
  }
  return (name) => paths.get(canonicalName(name));
}

function canonicalName(name: string): string {
  return name.replaceAll('-', '_');
}
