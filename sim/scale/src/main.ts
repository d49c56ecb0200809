/**
 * `node sim/scale/src/main.ts --nodes 5000 --instances 20 --seconds 30`: a whole platform and thousands of simulated nodes
 * over real links, and how it bears them. Prints one JSON.
 */
import { parseArgs } from 'node:util';
import { createInstances } from './create-load.ts';
import { watchLoadAge } from './load-age.ts';
import { ScalePlatform } from './scale-platform.ts';

const { values } = parseArgs({
  options: {
    nodes: { type: 'string', default: '50' },
    instances: { type: 'string', default: '20' },
    seconds: { type: 'string', default: '10' },
    clients: { type: 'string', default: '32' },
    processes: { type: 'string', default: '1' },
    'launch-ms': { type: 'string', default: '10' },
    'control-argv': { type: 'string', default: '' },
    warmup: { type: 'string', default: '3' },
    'restart-control': { type: 'boolean', default: false },
  },
});
const nodes = Number(values.nodes);
const controlArgv = values['control-argv'].split(' ').filter((word) => word !== '');

const began = performance.now();
const since = () => Math.round(performance.now() - began) / 1000;
const tell = (line: string) => console.error(`${since().toFixed(1).padStart(7)} s  ${line}`);

await using platform = await ScalePlatform.start({
  nodes,
  instances: Number(values.instances),
  nodeProcesses: Number(values.processes),
  launchMs: Number(values['launch-ms']),
  controlArgv,
});
tell('platform is up, database is seeded');
const connecting = performance.now();
await Promise.all([platform.startNodes(), platform.untilOnline(nodes, 300_000)]);
const connectedSeconds = (performance.now() - connecting) / 1000;
tell(`all nodes are online after ${connectedSeconds.toFixed(1)} s`);

await createInstances(platform, { clients: Number(values.clients), seconds: Number(values.warmup), prefix: 'warm' });
tell('warm');
const loadAge = watchLoadAge(platform);
for (const process of platform.processes.values()) await process.ask({ kind: 'mark' });
const postgresBefore = await platform.postgresCpuMs();
const ownBefore = process.cpuUsage();
const creates = await createInstances(platform, {
  clients: Number(values.clients),
  seconds: Number(values.seconds),
  prefix: 'web',
});
const own = process.cpuUsage(ownBefore);
const processes = Object.fromEntries(
  await Promise.all(
    [...platform.processes].map(async ([name, process]) => [name, await process.ask({ kind: 'figures' })] as const),
  ),
);
const cpuMs: Record<string, number> = {
  load: (own.user + own.system) / 1000,
  postgres: (await platform.postgresCpuMs()) - postgresBefore,
  ...Object.fromEntries(Object.entries(processes).map(([name, { cpuMs }]) => [name, cpuMs])),
};
const loadBoard = await loadAge.stop();
const restart = values['restart-control'] ? await restartControl() : undefined;
const perCreate = Object.fromEntries(Object.entries(cpuMs).map(([name, ms]) => [name, ms / creates.created]));
const total = Object.values(perCreate).reduce((sum, ms) => sum + ms, 0);
console.log(
  JSON.stringify(
    { nodes, connectedSeconds, creates, cpuMsPerCreate: { ...perCreate, total }, processes, loadBoard, restart },
    (_, value) => (typeof value === 'number' ? Math.round(value * 100) / 100 : value),
    2,
  ),
);

/** The one Control Server is cut off and started: seconds until it answers, and until every node is reconciled. */
async function restartControl(): Promise<{ upSeconds: number; reconciledSeconds: number }> {
  const cut = performance.now();
  const seconds = () => (performance.now() - cut) / 1000;
  await platform.restartControl();
  const upSeconds = seconds();
  await platform.untilReconciled(nodes, 300_000);
  tell(`every node is reconciled ${seconds().toFixed(1)} s after the Control Server was killed`);
  return { upSeconds, reconciledSeconds: seconds() };
}
