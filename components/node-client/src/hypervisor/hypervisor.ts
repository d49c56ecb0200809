/**
 * What the Node Client asks of a hypervisor. Two bodies, `qemu/` and `simulated/`, kept equal by one contract test. A
 * *machine* is one running virtual machine process; instances, orders and generations are the runner's business, not the
 * hypervisor's.
 */
import type { Duplex } from 'node:stream';
import type { InstanceCondition, InstanceId, StopReason } from '@zhiyun/contracts';
import type { BootSettings } from '@zhiyun/contracts/links';
import type { Emitter } from '@zhiyun/kernel';
import type { DiskLayer } from '../volume/volume-driver.ts';

/** All a machine is made of, with every host path decided. Rendered to a command line by a pure function. */
export interface MachineSpec {
  instanceId: InstanceId;
  name: string;
  cores: number;
  memoryBytes: number;
  /** `tap`: the name of an existing tap device that its user may open. */
  nics: readonly { macAddress: string; tap: string }[];
  /** Left out: disks first, no menu. */
  boot?: BootSettings | undefined;
  /** In boot order. `layers` from the disk itself down to its base; every layer has its format named. */
  disks: readonly { id: string; layers: readonly DiskLayer[] }[];
  /** Path of the ISO in the CD drive, null: empty drive. */
  isoPath: string | null;
  /** The user it runs as, to whom its disks and tap belong. Left out: the one all share, as before there was one for each. */
  uid?: number | undefined;
  /** The instance's own directory: sockets, pid file, log. Traversable by the hypervisor's user. */
  directory: string;
  /** 0 = first start. Only for the log. */
  epoch: number;
}

/** Enough to find the same process again after the agent restarts; kept in the ledger. */
export interface MachineHandle {
  pid: number;
  /** Field 22 of /proc/<pid>/stat: start time in clock ticks since boot. With the pid it names one process for good. */
  startTimeTicks: number;
  /** /proc/sys/kernel/random/boot_id of the machine when it was started. */
  bootId: string;
}

export interface MachineEnd {
  reason: StopReason;
  /** A sentence with details: the guest's own shutdown, a signal, the last words of QEMU. */
  detail: string | null;
}

/** Counters since the machine's start; rates are made by the sampler. */
export interface MachineCounters {
  cpuNanoseconds: number;
  memoryBytes: number;
  diskReadBytes: number;
  diskWriteBytes: number;
  diskReadOperations: number;
  diskWriteOperations: number;
}

/** What keeps a machine that is there from working; null: nothing. */
export type MachineCondition = InstanceCondition;

export interface Machine {
  readonly instanceId: InstanceId;
  readonly handle: MachineHandle;
  /** Resolves once, when the machine is no more, whatever the cause. */
  readonly ended: Promise<MachineEnd>;
  /** Told whenever it was looked at, news or not; a hang within 15 s. */
  readonly conditions: Emitter<MachineCondition | null>;
  /** Presses the power button. Whether the guest listens shows in `ended`. */
  powerDown(): Promise<void>;
  /** Ends it at once, also when it is stuck: QMP quit, then SIGKILL. Resolves when the process is gone. */
  kill(): Promise<void>;
  reset(): Promise<void>;
  /** A PNG of the display. */
  screenshot(): Promise<Buffer>;
  /** Raw RFB. */
  openDisplay(): Promise<Duplex>;
  /** Raw serial bytes; starts with the kept past (a ring of 256 KiB). Many may watch and type at once. */
  openSerial(): Duplex;
  counters(): Promise<MachineCounters>;
  /** Lets go of sockets and watchers without touching the machine (agent stops, guest goes on). */
  detach(): Promise<void>;
}

export interface HypervisorFacts {
  kind: 'qemu' | 'simulated';
  version: string;
  /** `kvm` only when a guest was really seen to run with it. */
  accelerator: 'kvm' | 'tcg' | 'none';
}

export interface Hypervisor extends AsyncDisposable {
  readonly facts: HypervisorFacts;
  /** Starts the machine and resolves once its monitor answers and the guest runs; `launch-failed` with QEMU's words otherwise, leaving nothing. */
  launch(spec: MachineSpec): Promise<Machine>;
  /** Finds a machine started earlier, also by an agent that was killed. `undefined`: it is no more (`end` says why, where that can be known). */
  adopt(spec: MachineSpec, handle: MachineHandle): Promise<{ machine: Machine } | { ended: MachineEnd }>;
}
