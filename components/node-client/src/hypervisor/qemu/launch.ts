/**
 * Launches QEMU detached (it outlives the agent), unprivileged, in its own control group. On failure nothing is left
 * but its log.
 */
import { say } from '@zhiyun/contracts';
import { isoTime, type Logger, PlatformError, Revert, readBootId, systemClock } from '@zhiyun/kernel';
import { type Cgroups, machineLimits } from '../../cgroup/index.ts';
import { killProcess, readStartTime } from '../../process/process-identity.ts';
import type { ProcessStarter, StartedProgram } from '../../process/process-starter.ts';
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
  /** The group that opens /dev/kvm, where one does. */
  kvmGroup: number | undefined;
  cgroups: Cgroups;
  starter: ProcessStarter;
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
    const limits = machineLimits(spec, options.host.accelerator);
    await Promise.all([prepareMachineFiles(files, userOf(spec, options)), cgroup.create(limits)]);

    const { pid, exit: childExit } = await start(spec, options, files.log);
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
      boot: spec.boot,
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
    throw new PlatformError('launch-failed', say('instance.qemu-not-started', { words }), { cause: error });
  }
}

function start(spec: MachineSpec, options: LaunchOptions, logPath: string): Promise<StartedProgram> {
  const { binary, host, starter } = options;
  const parameters = commandLine(spec, host);
  return starter.startDetached({
    program: binary,
    parameters,
    environment: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' },
    user: userOf(spec, options),
    logPath,
    logHeader: `# ${isoTime(systemClock.now())} start ${spec.epoch}\n# ${binary} ${parameters.join(' ')}\n`,
  });
}

/** A machine's user has a group of its own, unless KVM access needs another group. */
function userOf({ uid }: MachineSpec, { user, kvmGroup }: LaunchOptions): HypervisorUser | null {
  if (user === null || uid === undefined) return user;
  return { uid, gid: kvmGroup ?? uid };
}

/** Throws when the process could not be started or has already ended. */
async function identify(pid: number, childExit: Promise<ProcessExit | null>): Promise<MachineHandle> {
  const [startTimeTicks, bootId] = await Promise.all([readStartTime(pid), readBootId()]);
  if (startTimeTicks === undefined) throw new Error(describeExit(await childExit));
  return { pid, startTimeTicks, bootId };
}

async function answer(machine: QemuMachine, childExit: Promise<ProcessExit | null>): Promise<void> {
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
