/**
 * `node benchmarks/src/placement.ts --nodes 1000 --rounds 5 --seconds 6`: instances created through REST by the whole
 * transaction (claim, records, the node told, the machine running) on simulated nodes; beside OpenStack Placement that only
 * claims on as many providers of the same size; and the floor, one durable statement on a bare PostgreSQL. They take turns, and
 * nothing of the others runs meanwhile: the simulated platform is started for each of its turns, the others are idle.
 * Goals: ≥ 300 creates per second, p95 until running ≤ 150 ms, no node oversold.
 */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { GiB, MiB } from '@zhiyun/contracts';
import { silentLogger, systemClock } from '@zhiyun/kernel';
import { startPrivatePostgres } from '@zhiyun/store';
import { createInstances } from '../../sim/scale/src/create-load.ts';
import { ScalePlatform } from '../../sim/scale/src/scale-platform.ts';
import { realTime } from '../../sim/scale/src/slow-clock.ts';
import { instanceSize, nodeFacts } from '../../sim/scale/src/world.ts';
import { claimFloor } from './claim-floor.ts';
import { closedLoop } from './closed-loop.ts';
import { placementPackages, startPlacement } from './openstack-placement.ts';
import type { PlacementClient } from './placement-client.ts';
import { figuresByClients, type RateFigures } from './rate-figures.ts';
import { judge } from './statistics.ts';

const { values: given } = parseArgs({
  options: {
    nodes: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '6' },
  },
});
const [nodes, rounds, seconds] = [Number(given.nodes), Number(given.rounds), Number(given.seconds)];
/** The platform of a turn is new; Placement has been at work since the first provider. */
const warmUp = { clients: 32, seconds: 8, prefix: 'warm' };
const onlineDeadlineMs = 120_000;

const ours = figuresByClients('Zhiyun: create → running', [1, 8, 32]);
const theirs = figuresByClients('Placement: candidates, allocation', [1, 8]);
const floor = figuresByClients('floor: one statement', [1, 8, 32]);
/** Of ours, the one that the goals are for. */
const judged = 8;
let oversold = 0;

async function zhiyunTurn(): Promise<void> {
  await using platform = await ScalePlatform.start({
    ...{ nodes, instances: 0, nodeProcesses: 1, launchMs: 10, pace: realTime },
  });
  await Promise.all([platform.startNodes(), platform.untilOnline(nodes, onlineDeadlineMs, () => {})]);
  await createInstances(platform, warmUp);
  for (const [clients, figures] of ours) {
    const done = await createInstances(platform, { clients, seconds, prefix: `bench-${clients}` });
    if (done.failed > 0 || done.refused) throw new Error(`creates failed: ${JSON.stringify(done)}`);
    figures.add({ perSecond: done.perSecond, p50Ms: done.runningMs.p50, p95Ms: done.runningMs.p95 });
    oversold += done.oversold;
  }
}

async function placementTurn(client: PlacementClient): Promise<void> {
  const { cores, memoryBytes, diskBytes } = instanceSize;
  const wanted = { VCPU: cores, MEMORY_MB: memoryBytes / MiB, DISK_GB: diskBytes / GiB };
  for (const [clients, figures] of theirs)
    figures.addLoop(await closedLoop({ clients, seconds }, () => client.claim(wanted)));
}

async function floorTurn(databaseUrl: string): Promise<void> {
  for (const [clients, figures] of floor)
    figures.addLoop(await claimFloor({ databaseUrl, directory, nodes, instance: instanceSize, clients, seconds }));
}

async function register(client: PlacementClient): Promise<void> {
  const started = systemClock.monotonicMs();
  const { cores, memoryBytes, diskBytes } = nodeFacts;
  const total = { VCPU: cores, MEMORY_MB: memoryBytes / MiB, DISK_GB: diskBytes / GiB };
  for (let number = 0; number < nodes; number++) await client.registerProvider(`node-${number}`, total);
  const took = (systemClock.monotonicMs() - started) / 1000;
  console.log(`Placement: ${nodes} providers registered in ${took.toFixed(0)} s`);
}

function ratio(name: string, mine: RateFigures | undefined, other: RateFigures | undefined): void {
  if (mine && other) console.log(`ratio ${name}: ${(mine.perSecond / other.perSecond).toFixed(2)}`);
}

const directory = await mkdtemp(join(tmpdir(), 'zhiyun-placement-'));
try {
  // PostgreSQL runs as a user of its own.
  await chmod(directory, 0o711);
  const postgres = await startPrivatePostgres({ directory: join(directory, 'postgres'), log: silentLogger });
  try {
    const databaseUrl = postgres.url;
    await using placement = await startPlacement({ directory: join(directory, 'placement'), databaseUrl });
    if (placement) await register(placement.client);
    for (let round = 1; round <= rounds; round++) {
      if (placement) await placementTurn(placement.client);
      await zhiyunTurn();
      await floorTurn(databaseUrl);
      console.error(`round ${round} of ${rounds} is over`);
    }
    for (const figures of [...ours.values(), ...(placement ? theirs.values() : []), ...floor.values()]) figures.print();
    if (placement)
      for (const clients of theirs.keys())
        ratio(`Zhiyun / Placement, clients: ${clients}`, ours.get(clients), theirs.get(clients));
    else console.log(`skipped: OpenStack Placement is not installed (apt: ${placementPackages})`);
    for (const clients of floor.keys())
      ratio(`Zhiyun / floor, clients: ${clients}`, ours.get(clients), floor.get(clients));
    const { perSecond = Number.NaN, p95Ms = Number.NaN } = ours.get(judged) ?? {};
    const met = [
      judge(`creates per second, clients: ${judged}`, perSecond, '≥ 300', perSecond >= 300),
      judge('their p95 until running, ms', p95Ms, '≤ 150', p95Ms <= 150),
      judge('nodes oversold', oversold, '0', oversold === 0),
    ];
    process.exitCode = met.every(Boolean) ? 0 : 1;
  } finally {
    await postgres.stop();
  }
} finally {
  await rm(directory, { recursive: true, force: true });
}
