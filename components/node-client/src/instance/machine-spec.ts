/** A machine as the hypervisor is to start it: what the parts of an instance have become on this node. */
import type { MachineSpec } from '../hypervisor/hypervisor.ts';
import type { LedgerEntry } from '../ledger/ledger.ts';
import type { ModeOf } from '../network/network-modes.ts';
import type { NodePaths } from '../paths.ts';
import type { InstanceDisks } from '../volume/instance-disks.ts';
import { portsOf } from '../workshop/network-part.ts';

export function machineSpecOf(
  entry: LedgerEntry,
  { disks, modeOf, paths }: { disks: InstanceDisks; modeOf: ModeOf; paths: NodePaths },
): MachineSpec {
  const { config, epoch, uid } = entry;
  return {
    instanceId: config.id,
    name: config.name,
    cores: config.cores,
    memoryBytes: config.memoryBytes,
    nics: portsOf(entry, modeOf).map(({ port: { tap, macAddress } }) => ({ tap, macAddress })),
    disks: disks.attach(config),
    isoPath: config.iso && paths.image(config.iso.id),
    boot: config.boot,
    uid,
    directory: paths.instance(config.id),
    epoch: Math.max(0, epoch - 1),
  };
}
