/** Finds QEMU processes working in an instance's directory, regardless of the ledger. */
import { basename } from 'node:path';
import { type InstanceId, isUuid } from '@zhiyun/contracts';
import type { MachineHandle } from '../hypervisor/hypervisor.ts';
import { findProcesses, identify } from '../process/find-processes.ts';

export async function findMachines(instancesDirectory: string): Promise<Map<InstanceId, MachineHandle>> {
  const prefix = `${instancesDirectory}/`;
  const machines = new Map<InstanceId, MachineHandle>();
  const isQemu = ([program = '']: readonly string[]) => basename(program).startsWith('qemu-system-');
  for (const { pid, argv } of findProcesses(isQemu)) {
    for (const argument of argv) {
      const at = argument.indexOf(prefix);
      const id = argument.slice(at + prefix.length).split('/', 1)[0] ?? '';
      if (at < 0 || !isUuid(id)) continue;
      const handle = await identify(pid);
      if (handle) machines.set(id as InstanceId, handle);
      break;
    }
  }
  return machines;
}
