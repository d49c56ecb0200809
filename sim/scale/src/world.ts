/** What the simulated domain consists of. Everything follows from numbers, so that every process knows it without being told. */
import type { ComponentId, DiskId, InstanceId, NodeFacts } from '@zhiyun/contracts';
import { GiB, MiB } from '@zhiyun/contracts';
import { type InstanceConfig, localVolume, privateMode } from '@zhiyun/contracts/links';

/** A machine of today. */
export const nodeFacts: NodeFacts = {
  hostname: 'simulated',
  architecture: 'x86_64',
  kernel: '6.1.0',
  cpuModel: 'simulated',
  cores: 64,
  memoryBytes: 256 * GiB,
  diskBytes: 4096 * GiB,
  hypervisor: 'simulated',
  hypervisorVersion: '1.0.0',
  accelerator: 'none',
  cgroupVersion: 'none',
  reflink: false,
};

/** What is asked for, at the start and by every create. */
export const instanceSize = { cores: 1, memoryBytes: 512 * MiB, diskBytes: 10 * GiB };

const kinds = { node: 1, instance: 2, disk: 3 } as const;
const maxInstancesPerNode = 1_000;

/** UUIDs of version 7 that say what they are of. */
function idOf(kind: keyof typeof kinds, serial: number): string {
  return `0190000${kinds[kind]}-0000-7000-8000-${serial.toString(16).padStart(12, '0')}`;
}

export function nodeId(node: number): ComponentId {
  return idOf('node', node) as ComponentId;
}
export function nodeName(node: number): string {
  return `node-${node}`;
}

/** The instances that run on a node from the start. */
export function instancesOf(node: number, count: number): InstanceConfig[] {
  return Array.from({ length: count }, (_, index) => {
    const serial = node * maxInstancesPerNode + index;
    const id = idOf('instance', serial) as InstanceId;
    const diskId = idOf('disk', serial) as DiskId;
    const { cores, memoryBytes, diskBytes } = instanceSize;
    return {
      id,
      name: `resident-${node}-${index}`,
      cores,
      memoryBytes,
      nics: [
        {
          mode: privateMode,
          macAddress: `52:${(serial.toString(16).padStart(10, '0').match(/../g) ?? []).join(':')}`,
          address: null,
        },
      ],
      disks: [{ id: diskId, sizeBytes: diskBytes, image: null, volume: localVolume(diskId) }],
      iso: null,
    };
  });
}
