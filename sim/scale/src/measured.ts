/** What every process of a run costs while something happens. */
import { join } from 'node:path';
import type { ProcessFigures } from './role.ts';
import type { ScalePlatform } from './scale-platform.ts';

export interface Measured<T> {
  result: T;
  /** By process; `load` is this one. */
  cpuMs: Record<string, number>;
  processes: Record<string, ProcessFigures>;
}

/** `part`: of the run; its profiles are named by it. */
export async function measured<T>(platform: ScalePlatform, part: string, work: () => Promise<T>): Promise<Measured<T>> {
  const { profileTo } = platform;
  const profile = profileTo !== undefined;
  for (const process of platform.processes.values()) await process.ask({ kind: 'mark', profile });
  const postgresBefore = await platform.postgresCpuMs();
  const ownBefore = process.cpuUsage();
  const result = await work();
  const own = process.cpuUsage(ownBefore);
  const figures = [...platform.processes].map(async ([name, process]) => {
    const file = profile ? { profileTo: join(profileTo, `${part}-${name}.cpuprofile`) } : {};
    return [name, await process.ask({ kind: 'figures', ...file })] as const;
  });
  const processes = Object.fromEntries(await Promise.all(figures));
  const cpuMs = {
    load: (own.user + own.system) / 1000,
    postgres: (await platform.postgresCpuMs()) - postgresBefore,
    ...Object.fromEntries(Object.entries(processes).map(([name, each]) => [name, each.cpuMs])),
  };
  return { result, cpuMs, processes };
}
