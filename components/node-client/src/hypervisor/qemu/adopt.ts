/** Adopts a machine after the agent was away: first its process, then its monitor. */
import { type Logger, readBootId, systemClock } from '@zhiyun/kernel';
import type { Cgroups } from '../../cgroup/index.ts';
import { isAlive } from '../../process/process-identity.ts';
import type { MachineEnd, MachineHandle, MachineSpec } from '../hypervisor.ts';
import { QemuMachine } from './machine.ts';
import { machineEnd } from './machine-end.ts';
import { machineFiles, readLastWords, removeRunFiles } from './machine-files.ts';

/** A machine with a silent monitor is adopted all the same: it runs and can be killed. */
const answerTimeoutMs = 5_000;

export async function adoptMachine(
  spec: MachineSpec,
  handle: MachineHandle,
  { cgroups, log }: { cgroups: Cgroups; log: Logger },
): Promise<{ machine: QemuMachine } | { ended: MachineEnd }> {
  const files = machineFiles(spec.directory);
  const cgroup = cgroups.existingGroup(spec.instanceId);
  const sameBoot = handle.bootId === (await readBootId());
  if (!sameBoot || !(await isAlive(handle))) {
    await removeRunFiles(files);
    const outOfMemory = sameBoot && (await cgroup.ranOutOfMemory());
    await cgroup.remove();
    if (!sameBoot) return { ended: { reason: 'node-restarted', detail: 'The node was restarted.' } };
    const lastWords = await readLastWords(files);
    return {
      ended: machineEnd({
        ...{ finalState: undefined, killRequested: false, signalled: false, exit: null },
        ...{ outOfMemory, lastWords },
      }),
    };
  }
  const machine = new QemuMachine({ instanceId: spec.instanceId, handle, files, cgroup, boot: spec.boot, log });
  const waiting = new AbortController();
  const first = await Promise.race([
    machine.answered.then((runs) => (runs ? undefined : machine.ended)),
    machine.ended,
    systemClock.sleep(answerTimeoutMs, waiting.signal).catch(() => {}),
  ]);
  waiting.abort();
  return first === undefined ? { machine } : { ended: first };
}
