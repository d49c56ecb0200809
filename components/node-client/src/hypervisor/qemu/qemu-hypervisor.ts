/** The hypervisor of real nodes: every machine is one QEMU process that outlives the agent. */
import type { Logger } from '@zhiyun/kernel';
import { openCgroups } from '../../cgroup/index.ts';
import { directStarter, type ProcessStarter } from '../../process/process-starter.ts';
import type { Hypervisor, HypervisorFacts, Machine, MachineEnd, MachineHandle, MachineSpec } from '../hypervisor.ts';
import { adoptMachine } from './adopt.ts';
import { findHypervisorUser, withAccessToKvm } from './hypervisor-user.ts';
import { type LaunchOptions, launchMachine } from './launch.ts';
import type { QemuMachine } from './machine.ts';
import type { HypervisorUser } from './machine-files.ts';
import { type Accelerator, probeAccelerator } from './probe-accelerator.ts';
import { readQemuVersion } from './qemu-version.ts';

export interface QemuHypervisorOptions {
  /** Where the answer of the accelerator probe is kept. */
  probeCacheFile: string;
  log: Logger;
  /** Default: `qemu-system-x86_64` of the PATH. */
  binary?: string;
  /** Default: `zhiyun-qemu`, else `nobody`; the agent's own when the agent is not root. */
  user?: HypervisorUser | null;
  /** Default: what the probe finds. */
  accelerator?: Accelerator;
  /** Tells this node's control groups from those of other nodes of the same machine. */
  node: string;
  /** Default: from this process. */
  starter?: ProcessStarter;
}

/** Throws `node-fault` when QEMU is missing. Takes some 100 ms, and up to 3 s for the first probe after a boot. */
export async function createQemuHypervisor(options: QemuHypervisorOptions): Promise<Hypervisor> {
  const { log, probeCacheFile: cacheFile, binary = 'qemu-system-x86_64' } = options;
  const { version, machineType } = await readQemuVersion(binary);
  const plainUser = options.user === undefined ? await findHypervisorUser() : options.user;
  const kvmUser = await withAccessToKvm(plainUser);
  const accelerator =
    options.accelerator ?? (await probeAccelerator({ binary, version, user: kvmUser, cacheFile, log }));
  const user = accelerator === 'kvm' ? kvmUser : plainUser;
  const cgroups = await openCgroups(options.node);
  if (cgroups.version === 'none')
    log.warn({}, 'there are no control groups here: guests run without limits of their own');
  await cgroups.removeStale();
  const kvmGroup = user && plainUser && user.gid !== plainUser.gid ? user.gid : undefined;
  const starter = options.starter ?? directStarter;
  return new QemuHypervisor(
    { kind: 'qemu', version, accelerator },
    { binary, host: { machineType, accelerator }, user, kvmGroup, cgroups, starter, log },
  );
}

class QemuHypervisor implements Hypervisor {
  readonly facts: HypervisorFacts;
  readonly #options: LaunchOptions;
  readonly #machines = new Set<QemuMachine>();

  constructor(facts: HypervisorFacts, options: LaunchOptions) {
    this.facts = facts;
    this.#options = options;
  }

  async launch(spec: MachineSpec): Promise<Machine> {
    return this.#keep(await launchMachine(spec, this.#options));
  }

  async adopt(spec: MachineSpec, handle: MachineHandle): Promise<{ machine: Machine } | { ended: MachineEnd }> {
    const found = await adoptMachine(spec, handle, this.#options);
    if ('machine' in found) this.#keep(found.machine);
    return found;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#machines].map((machine) => machine.detach()));
    await this.#options.cgroups.close();
  }

  #keep(machine: QemuMachine): QemuMachine {
    this.#machines.add(machine);
    void machine.ended.then(() => this.#machines.delete(machine));
    return machine;
  }
}
