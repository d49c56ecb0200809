/**
 * `node sim/scale/src/main.ts --nodes 5000 --processes 8 --slower 6 --cores 4`: a whole platform and thousands of simulated
 * nodes over real links, and how it bears them. `--slower`: the world's seconds are so many of ours, because the nodes, which are
 * other machines in truth, work on this one too; `--cores`: what the platform has of that world; `--profile-to DIR`: a CPU profile of each process
 * and each part of the run. Prints one JSON, by its clock.
 */
import { parseArgs } from 'node:util';
import { untilSignal } from '@zhiyun/sim-world';
import { createInstances } from './create-load.ts';
import { watchLoadAge } from './load-age.ts';
import { measured } from './measured.ts';
import { referenceMs } from './reference-work.ts';
import { ScalePlatform } from './scale-platform.ts';
import { slowClock } from './slow-clock.ts';

const { values } = parseArgs({
  options: {
    nodes: { type: 'string', default: '50' },
    instances: { type: 'string', default: '20' },
    seconds: { type: 'string', default: '10' },
    clients: { type: 'string', default: '32' },
    processes: { type: 'string', default: '1' },
    'launch-ms': { type: 'string', default: '10' },
    'profile-to': { type: 'string' },
    warmup: { type: 'string', default: '3' },
    idle: { type: 'string', default: '5' },
    slower: { type: 'string', default: '1' },
    cores: { type: 'string' },
    'restart-control': { type: 'boolean', default: false },
  },
});
const nodes = Number(values.nodes);
const pace = { slower: Number(values.slower), originMs: Date.now() };

const clock = slowClock(pace);
const began = clock.monotonicMs();
const since = () => Math.round(clock.monotonicMs() - began) / 1000;
const tell = (line: string) => console.error(`${since().toFixed(1).padStart(7)} s  ${line}`);

async function measure(platform: ScalePlatform): Promise<void> {
  tell('platform is up, database is seeded');
  const reference = { before: referenceMs(), afterCreates: 0, after: 0 };
  const connecting = clock.monotonicMs();
  const connect = await measured(platform, 'connect', () =>
    Promise.all([
      platform.startNodes(),
      platform.untilOnline(nodes, 300_000, (online) => tell(`${online} nodes are online`)),
    ]),
  );
  const connectedSeconds = (clock.monotonicMs() - connecting) / 1000;
  const cpuMsPerArrival = perNode(connect.cpuMs);
  tell(`all nodes are online after ${connectedSeconds.toFixed(1)} s`);
  await platform.vacuum();

  const idleSeconds = Number(values.idle);
  const idle = await measured(platform, 'idle', () => clock.sleep(idleSeconds * 1000));
  const idleCores = Object.fromEntries(
    Object.entries(idle.cpuMs).map(([name, ms]) => [name, ms / 1000 / idleSeconds] as const),
  );
  tell('idle is measured');
  await createInstances(platform, { clients: Number(values.clients), seconds: Number(values.warmup), prefix: 'warm' });
  tell('warm');
  const loadAge = watchLoadAge(platform);
  const {
    result: creates,
    cpuMs,
    processes,
  } = await measured(platform, 'create', () =>
    createInstances(platform, { clients: Number(values.clients), seconds: Number(values.seconds), prefix: 'web' }),
  );
  const loadBoard = await loadAge.stop();
  reference.afterCreates = referenceMs();
  tell(`creates are measured: ${Math.round(creates.perSecond)} per second`);
  const restart = values['restart-control'] ? await restartControl(platform) : undefined;
  reference.after = referenceMs();
  const perCreate = Object.fromEntries(Object.entries(cpuMs).map(([name, ms]) => [name, ms / creates.created]));
  const total = Object.values(perCreate).reduce((sum, ms) => sum + ms, 0);
  console.log(
    JSON.stringify(
      {
        nodes,
        slower: pace.slower,
        cores: values.cores,
        referenceMs: reference,
        connectedSeconds,
        cpuMsPerArrival,
        idleCores,
        creates,
        cpuMsPerCreate: { ...perCreate, total },
        processes,
        loadBoard,
        restart,
      },
      (_, value) => (typeof value === 'number' ? Math.round(value * 100) / 100 : value),
      2,
    ),
  );
}

/** The one Control Server is cut off and started: seconds until it answers, and until every node is reconciled. */
async function restartControl(platform: ScalePlatform) {
  const cut = clock.monotonicMs();
  const seconds = () => (clock.monotonicMs() - cut) / 1000;
  await platform.killControl();
  const { result, cpuMs } = await measured(platform, 'restart', async () => {
    await platform.startControl();
    const upSeconds = seconds();
    await platform.untilReconciled(nodes, 300_000);
    return { upSeconds, reconciledSeconds: seconds() };
  });
  tell(`every node is reconciled ${result.reconciledSeconds.toFixed(1)} s after the Control Server was killed`);
  return { ...result, cpuMsPerNode: perNode(cpuMs) };
}

function perNode(cpuMs: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(cpuMs).map(([name, ms]) => [name, ms / nodes]));
}

await untilSignal(
  () =>
    ScalePlatform.start({
      nodes,
      instances: Number(values.instances),
      nodeProcesses: Number(values.processes),
      launchMs: Number(values['launch-ms']),
      profileTo: values['profile-to'],
      pace,
      cores: values.cores === undefined ? undefined : Number(values.cores),
    }),
  measure,
);
