/** The agent's view of a simulated process. */
import type { Duplex } from 'node:stream';
import { type InstanceId, say } from '@zhiyun/contracts';
import { type Emitter, PlatformError } from '@zhiyun/kernel';
import type { Machine, MachineCondition, MachineCounters, MachineEnd, MachineHandle } from '../hypervisor.ts';
import { openScreen } from './screen.ts';
import type { SimulatedHost } from './simulated-host.ts';
import type { SimulatedProcess } from './simulated-process.ts';

/** One grey pixel. */
const picture = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mNIAAAAYgBhHBADfwAAAABJRU5ErkJggg==',
  'base64',
);

/** How busy every simulated machine is: a twentieth of its cores, a third of its memory, a few disk operations a second. */
const load = { core: 0.05, memory: 1 / 3, operationsPerSecond: 4, bytesPerOperation: 4096 };

export class SimulatedMachine implements Machine {
  readonly ended: Promise<MachineEnd>;
  readonly #process: SimulatedProcess;
  readonly #watch: Disposable;

  constructor(process: SimulatedProcess, host: SimulatedHost) {
    this.#process = process;
    const { promise, resolve } = Promise.withResolvers<MachineEnd>();
    this.ended = promise;
    this.#watch = process.onEnd.on((end) => {
      host.reap(process);
      resolve(end);
    });
  }

  get instanceId(): InstanceId {
    return this.#process.spec.instanceId;
  }
  get conditions(): Emitter<MachineCondition | null> {
    return this.#process.conditions;
  }
  get handle(): MachineHandle {
    return this.#process.handle;
  }

  async powerDown(): Promise<void> {
    this.#running().pressPowerButton();
  }

  async kill(): Promise<void> {
    this.#process.finish({ reason: 'killed', detail: null });
    await this.ended;
  }

  async reset(): Promise<void> {
    this.#running().reset();
  }

  async screenshot(): Promise<Buffer> {
    this.#running();
    return picture;
  }

  async openDisplay(): Promise<Duplex> {
    return openScreen(this.#running());
  }

  openSerial(): Duplex {
    return this.#process.openSerial();
  }

  async counters(): Promise<MachineCounters> {
    const { spec, uptimeMs } = this.#running();
    const operations = Math.floor((uptimeMs / 1000) * load.operationsPerSecond);
    return {
      cpuNanoseconds: Math.round(uptimeMs * 1e6 * spec.cores * load.core),
      memoryBytes: Math.round(spec.memoryBytes * load.memory),
      diskReadBytes: operations * load.bytesPerOperation,
      diskWriteBytes: operations * load.bytesPerOperation,
      diskReadOperations: operations,
      diskWriteOperations: operations,
    };
  }

  async detach(): Promise<void> {
    this.#watch[Symbol.dispose]();
  }

  #running(): SimulatedProcess {
    if (this.#process.current === 'running') return this.#process;
    throw new PlatformError('wrong-state', say('machine.ended'));
  }
}
