/** A process of its own for one role: started by `role-process.ts`, asked over the channel between parent and child. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { LinkAddress } from '@zhiyun/contracts/links';
import { Disposables } from '@zhiyun/kernel';
import { type RunningProfile, startProfile } from './profile.ts';
import { paceOfProcess } from './slow-clock.ts';
import { startControl, startData, startGateway, startNodes } from './start-roles.ts';

export interface MemberOptions {
  home: string;
  dataServer: LinkAddress;
  token: string;
}
export interface NodesOptions {
  /** Each node's home is `<homes>/<number>`. */
  homes: string;
  first: number;
  count: number;
  instances: number;
  launchMs: number;
  dataServer: LinkAddress;
}
export type Question =
  | { kind: 'data'; home: string; databaseUrl: string }
  | ({ kind: 'control'; databaseUrl: string } & MemberOptions)
  | ({ kind: 'gateway' } & MemberOptions)
  | ({ kind: 'nodes' } & NodesOptions)
  /** `profile`: keep a CPU profile from here to the figures. */
  | { kind: 'mark'; profile: boolean }
  /** `profileTo`: the file that the profile is written to, if one was kept. */
  | { kind: 'figures'; profileTo?: string };

/** Since the last `mark`. */
export interface ProcessFigures {
  cpuMs: number;
  residentMiB: number;
  heapMiB: number;
  loopDelayMs: { p50: number; p99: number; max: number };
}
export interface Answers {
  data: { address: LinkAddress; token: string };
  control: { passwordFile: string };
  gateway: { port: number };
  nodes: object;
  mark: object;
  figures: ProcessFigures;
}

const pace = paceOfProcess();
const ends = new Disposables();
const loopResolutionMs = 5;
const loopDelay = monitorEventLoopDelay({ resolution: loopResolutionMs });
loopDelay.enable();
let cpuBefore = process.cpuUsage();
let profiled: RunningProfile | undefined;

async function mark(profile: boolean): Promise<object> {
  if (profile) profiled = await startProfile();
  loopDelay.reset();
  cpuBefore = process.cpuUsage();
  return {};
}

async function figures(profileTo: string | undefined): Promise<ProcessFigures> {
  const cpu = process.cpuUsage(cpuBefore);
  if (profileTo !== undefined) await profiled?.writeTo(profileTo);
  profiled = undefined;
  const { rss, heapUsed } = process.memoryUsage();
  // The histogram holds the length of its own timer's intervals, which is the resolution when nothing delays it.
  const delay = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - loopResolutionMs) / pace.slower;
  return {
    cpuMs: (cpu.user + cpu.system) / 1000,
    residentMiB: rss / 2 ** 20,
    heapMiB: heapUsed / 2 ** 20,
    loopDelayMs: {
      p50: delay(loopDelay.percentile(50)),
      p99: delay(loopDelay.percentile(99)),
      max: delay(loopDelay.max),
    },
  };
}

async function answer(question: Question): Promise<object> {
  switch (question.kind) {
    case 'data':
      return await startData(question, ends);
    case 'control':
      return await startControl(question, ends);
    case 'gateway':
      return await startGateway(question, ends);
    case 'nodes':
      return await startNodes(question, ends);
    case 'mark':
      return await mark(question.profile);
    case 'figures':
      return await figures(question.profileTo);
  }
}

process.on('message', ({ id, question }: { id: number; question: Question }) => {
  answer(question).then(
    (result) => process.send?.({ id, answer: result }),
    (error: unknown) => process.send?.({ id, error: error instanceof Error ? (error.stack ?? error.message) : error }),
  );
});
// Without its parent it has nothing to do.
process.on('disconnect', () => process.exit(0));
