/** Which control group controllers this kernel offers and where they are mounted. Pure but for the reading of `/proc/mounts`. */

export const controllers = ['cpu', 'cpuacct', 'memory', 'pids', 'blkio'] as const;
/** By their v1 names; v2 calls `blkio` `io` and counts CPU time everywhere, without `cpuacct`. */
export type Controller = (typeof controllers)[number];

export interface Hierarchies {
  version: 'v1' | 'v2' | 'none';
  /** Mount point of each controller we use. Under v2 all are the same. */
  mounts: ReadonlyMap<Controller, string>;
}

const v2Names: Partial<Record<string, Controller>> = { cpu: 'cpu', memory: 'memory', pids: 'pids', io: 'blkio' };

/**
 * `v2Controllers` is `cgroup.controllers` of the v2 mount. A machine may have both versions mounted (hybrid); then the one
 * that has the `cpu` controller is used.
 */
export function findHierarchies(mountTable: string, v2Controllers: string): Hierarchies {
  const v1 = new Map<Controller, string>();
  let v2Mount: string | undefined;
  for (const line of mountTable.split('\n')) {
    const [, mountPoint, type, options = ''] = line.split(' ');
    if (mountPoint === undefined) continue;
    if (type === 'cgroup2') v2Mount ??= mountPoint;
    if (type !== 'cgroup') continue;
    for (const controller of controllers) {
      if (options.split(',').includes(controller)) v1.set(controller, mountPoint);
    }
  }
  if (v1.has('cpu')) return { version: 'v1', mounts: v1 };
  const v2 = new Map<Controller, string>();
  for (const name of v2Controllers.trim().split(/\s+/)) {
    const controller = v2Names[name];
    if (controller !== undefined && v2Mount !== undefined) v2.set(controller, v2Mount);
  }
  if (v2.has('cpu') && v2Mount !== undefined) return { version: 'v2', mounts: v2.set('cpuacct', v2Mount) };
  return { version: 'none', mounts: new Map() };
}

export function findV2Mount(mountTable: string): string | undefined {
  return mountTable
    .split('\n')
    .map((line) => line.split(' '))
    .find(([, , type]) => type === 'cgroup2')?.[1];
}
