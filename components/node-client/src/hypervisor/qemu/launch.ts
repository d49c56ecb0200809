/**
 * Starting QEMU: detached, so that it outlives the agent; as an unprivileged user; in its own control group. Either the
 * machine runs when `launchMachine` returns, or nothing of it is left but its log.
 */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { isoTime, type Logger, PlatformError, Revert, systemClock } from '@zhiyun/kernel';
import type { Cgroups } from '../../cgroup/index.ts';
import { killProcess, readBootId, readStartTime } from '../../process/process-identity.ts';
import type { MachineHandle, MachineSpec } from '../hypervisor.ts';
import { commandLine, type QemuHost } from './command-line.ts';
import { QemuMachine } from './machine.ts';
import { describeExit, type ProcessExit } from './machine-end.ts';
import {
  type HypervisorUser,
  machineFiles,
  prepareMachineFiles,
  readLastWords,
  removeRunFiles,
} from './machine-files.ts';

const launchTimeoutMs = 30_000;

export interface LaunchOptions {
  binary: string;
  host: QemuHost;
  /** Null: as the agent's own user. */
  user: HypervisorUser | null;
  cgroups: Cgroups;
  log: Logger;
}

/** Throws `launch-failed` with QEMU's own words. */
export async function launchMachine(spec: MachineSpec, options: LaunchOptions): Promise<QemuMachine> {
  const files = machineFiles(spec.directory);
  const cgroup = options.cgroups.group(spec.instanceId);
  const revert = new Revert();
  try {
    revert.push(() => removeRunFiles(files));
    revert.push(() => cgroup.remove());
    await Promise.all([prepareMachineFiles(files, options.user), cgroup.create()]);

    const { pid, childExit } = await start(spec, options, files.log);
    const handle = await identify(pid, childExit);
    revert.push(async () => {
      await killProcess(handle);
      await childExit;
    });
    const machine = new QemuMachine({
      instanceId: spec.instanceId,
      handle,
      files,
      cgroup,
      childExit,
      log: options.log,
    });
    revert.push(() => machine.detach());
    // Moved while QEMU loads: all its threads move with it.
    await Promise.all([cgroup.add(handle.pid), answer(machine, childExit)]);
    return machine;
  } catch (error) {
    await revert.fail();
    if (error instanceof PlatformError) throw error;
    const words = (await readLastWords(files)) ?? (error instanceof Error ? error.message : String(error));
    throw new PlatformError('launch-failed', `QEMU did not start: ${words}`, { cause: error });
  }
}

interface Child {
  /** Undefined: the process could not be made; `childExit` rejects with the reason. */
  pid: number | undefined;
  childExit: Promise<ProcessExit>;
}

async function start(spec: MachineSpec, { binary, host, user }: LaunchOptions, logPath: string): Promise<Child> {
  const parameters = commandLine(spec, host);
  const { O_WRONLY, O_CREAT, O_TRUNC, O_APPEND, O_NOFOLLOW } = constants;
  await using log = await open(logPath, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_NOFOLLOW, 0o640);
  await log.write(`# ${isoTime(systemClock.now())} start ${spec.epoch}\n# ${binary} ${parameters.join(' ')}\n`);
  const child = spawnPrivately(binary, parameters, {
    detached: true,
    cwd: '/',
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' },
    stdio: ['ignore', log.fd, log.fd],
    ...(user === null ? {} : { uid: user.uid, gid: user.gid }),
  });
  const { promise: childExit, resolve, reject } = Promise.withResolvers<ProcessExit>();
  childExit.catch(() => {});
  child.once('error', reject);
  child.once('exit', (code, signal) => resolve({ code, signal }));
  child.unref();
  return { pid: child.pid, childExit };
}

/** QEMU's sockets get their permissions from the umask it inherits; ours is changed only while it is made. */
function spawnPrivately(...parameters: [string, string[], SpawnOptions]): ChildProcess {
  const before = process.umask(0o077);
  try {
    return spawn(...parameters);
  } finally {
    process.umask(before);
  }
}

/** Throws when the process could not be made, or is gone already. */
async function identify(pid: number | undefined, childExit: Promise<ProcessExit>): Promise<MachineHandle> {
  if (pid === undefined) throw new Error(describeExit(await childExit));
  const [startTimeTicks, bootId] = await Promise.all([readStartTime(pid), readBootId()]);
  if (startTimeTicks === undefined) throw new Error(describeExit(await childExit));
  return { pid, startTimeTicks, bootId };
}

async function answer(machine: QemuMachine, childExit: Promise<ProcessExit>): Promise<void> {
  const waiting = new AbortController();
  const failed = childExit.then((exit) => Promise.reject(new Error(describeExit(exit))));
  const late = systemClock.sleep(launchTimeoutMs, waiting.signal).then(
    () => Promise.reject(new Error(`Its monitor did not answer within ${launchTimeoutMs / 1000} s.`)),
    () => {},
  );
  try {
    await Promise.race([machine.answered, failed, late]);
  } finally {
    waiting.abort();
    failed.catch(() => {});
  }
}
