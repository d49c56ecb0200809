/** What every process of a run costs while something happens. */
import type { ProcessFigures } from './role.ts';
import type { ScalePlatform } from './scale-platform.ts';

export interface Measured<T> {
  result: T;
  /** By process; `load` is this one. */
  cpuMs: Record<string, number>;
  processes: Record<string, ProcessFigures>;
}

export async function measured<T>(platform: ScalePlatform, work: () => Promise<T>): Promise<Measured<T>> {
  for (const process of platform.processes.values()) await process.ask({ kind: 'mark' });
  const postgresBefore = await platform.postgresCpuMs();
  const ownBefore = process.cpuUsage();
  const result = await work();
  const own = process.cpuUsage(ownBefore);
  const figures = [...platform.processes].map(
    async ([name, process]) => [name, await process.ask({ kind: 'figures' })] as const,
  );
  const processes = Object.fromEntries(await Promise.all(figures));
  const cpuMs = {
    load: (own.user + own.system) / 1000,
    postgres: (await platform.postgresCpuMs()) - postgresBefore,
    ...Object.fromEntries(Object.entries(processes).map(([name, each]) => [name, each.cpuMs])),
  };
  return { result, cpuMs, processes };
}
