/**
 * Interface to a hypervisor. Two implementations, `qemu/` and `simulated/`, pass one contract test. A *machine* is one
 * running virtual machine process; instances, orders and generations are the runner's concern.
 */
import type { Duplex } from 'node:stream';
import type { InstanceCondition, InstanceId, StopReason } from '@zhiyun/contracts';
import type { BootSettings } from '@zhiyun/contracts/links';
import type { Emitter } from '@zhiyun/kernel';
import type { DiskLayer } from '../volume/volume-driver.ts';

/** Complete description of a machine, with every host path decided. A pure function renders it to a command line. */
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
  /** User it runs as, owner of its disks and tap. Left out: the shared one, as in earlier releases. */
  uid?: number | undefined;
  /** The instance's own directory: sockets, pid file, log. Traversable by the hypervisor's user. */
  directory: string;
  /** 0 = first start. Only for the log. */
  epoch: number;
}

/** Identifies the process across restarts of the agent; kept in the ledger. */
export interface MachineHandle {
  pid: number;
  /**
   * Field 22 of /proc/<pid>/stat: start time in clock ticks since boot. With the pid it identifies one process within a
   * boot.
   */
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

/** What keeps a running machine from working; null: nothing. */
export type MachineCondition = InstanceCondition;

export interface Machine {
  readonly instanceId: InstanceId;
  readonly handle: MachineHandle;
  /** Resolves once, when the machine has ended for any reason. */
  readonly ended: Promise<MachineEnd>;
  /** Emitted at every check, changed or not; a hang is reported within 15 s. */
  readonly conditions: Emitter<MachineCondition | null>;
  /** Presses the power button (ACPI). Whether the guest obeys shows in `ended`. */
  powerDown(): Promise<void>;
  /** Kills it, even when stuck: QMP quit, then SIGKILL. Resolves when the process is gone. */
  kill(): Promise<void>;
  reset(): Promise<void>;
  /** A PNG of the display. */
  screenshot(): Promise<Buffer>;
  /** Raw RFB. */
  openDisplay(): Promise<Duplex>;
  /** Raw serial bytes, starting with the buffered output (ring of 256 KiB). Many may read and type at once. */
  openSerial(): Duplex;
  counters(): Promise<MachineCounters>;
  /** Closes sockets and watchers without touching the machine (the agent stops, the guest goes on). */
  detach(): Promise<void>;
}

export interface HypervisorFacts {
  kind: 'qemu' | 'simulated';
  version: string;
  /** `kvm` only if a probe guest really ran with it. */
  accelerator: 'kvm' | 'tcg' | 'none';
}

export interface Hypervisor extends AsyncDisposable {
  readonly facts: HypervisorFacts;
  /** Starts the machine and resolves once its monitor answers and the guest runs; `launch-failed` with QEMU's words otherwise, leaving nothing. */
  launch(spec: MachineSpec): Promise<Machine>;
  /**
   * Adopts a machine started earlier, even by an agent that was killed. `undefined`: it no longer exists (`end` says
   * why, where known).
   */
  adopt(spec: MachineSpec, handle: MachineHandle): Promise<{ machine: Machine } | { ended: MachineEnd }>;
}
