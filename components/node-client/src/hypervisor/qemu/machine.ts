/**
 * A running QEMU. Its state comes by monitor events and by polling (watchdog), since a hung one sends none. `ended`
 * resolves only after its sockets and control group are gone.
 */
import { constants } from 'node:fs';
import { open, readFile, rm } from 'node:fs/promises';
import type { Duplex } from 'node:stream';
import { type InstanceId, say } from '@zhiyun/contracts';
import { Emitter, type Logger, PlatformError, readProcessStat, systemClock } from '@zhiyun/kernel';
import type { Cgroup } from '../../cgroup/index.ts';
import { killProcess } from '../../process/process-identity.ts';
import type {
  Machine,
  MachineCondition,
  MachineCounters,
  MachineEnd,
  MachineHandle,
  MachineSpec,
} from '../hypervisor.ts';
import { cdromDevice, cdromIndexAfterwards } from './boot-order.ts';
import { connectUnix } from './connect-unix.ts';
import { finalRunStates, machineEnd, type ProcessExit } from './machine-end.ts';
import { type MachineFiles, readLastWords, removeRunFiles } from './machine-files.ts';
import { MonitorLink } from './monitor-link.ts';
import type { QmpEvent } from './qmp/wire.ts';
import { SerialPort } from './serial-port.ts';
import { conditionOf, watch } from './watchdog.ts';

/** Grace period between quit and SIGKILL; longer after a guest's shutdown, when disks must be flushed. */
const quitTimeoutMs = { killed: 1_000, shutDown: 10_000 };
/** Retry interval for resuming a guest that was paused by a full disk. */
const fullDiskRetryMs = 5_000;
const trialMs = 2_000;
const pngSignature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

export interface QemuMachineParts {
  instanceId: InstanceId;
  handle: MachineHandle;
  files: MachineFiles;
  cgroup: Cgroup;
  boot: MachineSpec['boot'];
  /** Resolves with the exit of the process; null when nobody can know it. */
  childExit?: Promise<ProcessExit | null>;
  log: Logger;
}

export class QemuMachine implements Machine {
  readonly instanceId: InstanceId;
  readonly handle: MachineHandle;
  readonly ended: Promise<MachineEnd>;
  readonly conditions = new Emitter<MachineCondition | null>();
  /** Resolves with the monitor's first answer: true, the guest exists; false, it had already ended, `ended` follows. */
  readonly answered: Promise<boolean>;
  readonly #parts: QemuMachineParts;
  readonly #link: MonitorLink;
  readonly #serial: SerialPort;
  readonly #stopping = new AbortController();
  readonly #answered = Promise.withResolvers<boolean>();
  #condition: MachineCondition | null = null;
  /** Time of the last resume of a guest that waits for disk space. */
  #triedAtMs = Number.NEGATIVE_INFINITY;
  #finalState: MachineEnd | undefined;
  #killRequested = false;
  #signalled = false;
  #lastScreenshot: Promise<unknown> = Promise.resolve();
  #burial: Promise<void> | undefined;

  constructor(parts: QemuMachineParts) {
    this.#parts = parts;
    this.instanceId = parts.instanceId;
    this.handle = parts.handle;
    this.answered = this.#answered.promise;
    this.#serial = new SerialPort(parts.files.serial);
    this.#link = new MonitorLink({
      path: parts.files.monitor,
      handle: parts.handle,
      onEvent: (event) => this.#onEvent(event),
      onConnect: () => void this.#observe(),
    });
    const { promise, resolve } = Promise.withResolvers<MachineEnd>();
    this.ended = promise;
    const gone = this.#link.gone.then(() => null);
    const exit = parts.childExit?.then((how) => how ?? gone) ?? gone;
    void exit.then((how) => {
      if (!this.#stopping.signal.aborted) this.#burial = this.#bury(how).then(resolve);
    });
    const tell = (condition: MachineCondition | null) => this.#tell(condition);
    void watch({ ask: () => this.#look(), tell }, this.#stopping.signal);
  }

  async powerDown(): Promise<void> {
    this.#requireAnswers();
    await this.#link.execute('system_powerdown');
  }

  async kill(): Promise<void> {
    this.#killRequested = true;
    await this.#end(quitTimeoutMs.killed);
    await this.ended;
  }

  /** A paused guest is resumed first, then reset as any other. */
  async reset(): Promise<void> {
    this.#requireAnswers();
    const { running } = await this.#link.execute('query-status');
    if (!running) await this.#link.execute('cont');
    await this.#link.execute('system_reset');
  }

  /** Serialised: screenshots share a file. */
  async screenshot(): Promise<Buffer> {
    this.#requireAnswers();
    const next = this.#lastScreenshot.catch(() => {}).then(() => this.#screenshot());
    this.#lastScreenshot = next;
    return next;
  }

  async openDisplay(): Promise<Duplex> {
    try {
      return await connectUnix(this.#parts.files.display);
    } catch (error) {
      this.#requireLife(error);
      throw new PlatformError('node-fault', say('node.display-silent'), { cause: error });
    }
  }

  openSerial(): Duplex {
    return this.#serial.open();
  }

  async counters(): Promise<MachineCounters> {
    this.#requireAnswers();
    const [drives, cpuNanoseconds, status] = await Promise.all([
      this.#link.execute('query-blockstats'),
      this.#parts.cgroup.cpuNanoseconds().catch(() => undefined),
      readFile(`/proc/${this.handle.pid}/status`, 'utf8').catch(() => ''),
    ]);
    const residentKibibytes = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0);
    const total = (count: (stats: (typeof drives)[number]['stats']) => number) =>
      drives.reduce((sum, { stats }) => sum + count(stats), 0);
    return {
      cpuNanoseconds: cpuNanoseconds ?? (await this.#processCpuNanoseconds()),
      memoryBytes: residentKibibytes * 1024,
      diskReadBytes: total((stats) => stats.rd_bytes),
      diskWriteBytes: total((stats) => stats.wr_bytes),
      diskReadOperations: total((stats) => stats.rd_operations),
      diskWriteOperations: total((stats) => stats.wr_operations),
    };
  }

  async detach(): Promise<void> {
    this.#letGo();
    await this.#burial;
  }

  #onEvent({ name, data }: QmpEvent): void {
    this.#parts.log.debug({ instanceId: this.instanceId, event: name, data }, 'QEMU event');
    if (name === 'STOP' || name === 'RESUME') void this.#observe();
    if (name === 'SHUTDOWN' && data.reason === 'host-signal') this.#signalled = true;
  }

  /** Queries the run state: after every connect and whenever the guest stopped. */
  async #observe(): Promise<void> {
    try {
      const { status } = await this.#link.execute('query-status');
      if (status === 'prelaunch') await this.#begin();
      // QEMU calls it a shutdown, too, when it was told to end by a signal.
      if (!this.#signalled) this.#finalState = finalRunStates[status];
      this.#answered.resolve(this.#finalState === undefined);
      if (this.#finalState !== undefined) await this.#end(quitTimeoutMs.shutDown);
      if (status === 'io-error' && this.#condition !== 'disk-full')
        this.#parts.log.warn({ instanceId: this.instanceId }, 'the guest waits: no room on the host for its disk');
      this.#tell(this.#conditionNow(status));
      if (status === 'io-error') await this.#goOnLater();
    } catch (error) {
      // The line broke: asked again after the next connect.
      this.#parts.log.debug({ instanceId: this.instanceId, error }, 'could not ask QEMU for its state');
    }
  }

  /** For an ended machine its end is the error, whatever else went wrong. */
  #requireLife(cause: unknown): void {
    if (this.#stopping.signal.aborted) throw new PlatformError('wrong-state', say('machine.ended'), { cause });
  }

  /** For the watchdog. */
  async #look(): Promise<MachineCondition | null> {
    const { status } = await this.#link.ask('query-status');
    if (status === 'prelaunch') void this.#observe();
    return this.#conditionNow(status);
  }

  /** A guest just resumed may not have reached its next write yet: it counts as well only after running for a while. */
  #conditionNow(status: string): MachineCondition | null {
    const onTrial = performance.now() - this.#triedAtMs < trialMs;
    return status === 'running' && onTrial && this.#condition === 'disk-full' ? 'disk-full' : conditionOf(status);
  }

  #tell(condition: MachineCondition | null): void {
    this.#condition = condition;
    this.conditions.emit(condition);
  }

  /** Fails fast while QEMU does not answer; killing needs no answer. */
  #requireAnswers(): void {
    this.#requireLife(undefined);
    if (this.#condition !== 'not-responding') return;
    throw new PlatformError('timeout', say('machine.not-responding'));
  }

  /**
   * Resumes the guest for its first instruction once its output is read; also when the agent that launched it was
   * killed before.
   */
  async #begin(): Promise<void> {
    await this.#serial.connected;
    const value = cdromIndexAfterwards(this.#parts.boot);
    // The firmware's list is made anew at each reset, so this counts from the second boot on.
    if (value !== undefined)
      await this.#link.execute('qom-set', {
        path: `/machine/peripheral/${cdromDevice}`,
        property: 'bootindex',
        value,
      });
    await this.#link.execute('cont');
  }

  /** QEMU pauses a guest on ENOSPC. Resumes it later; without space it pauses again at once. */
  async #goOnLater(): Promise<void> {
    await systemClock.sleep(fullDiskRetryMs, this.#stopping.signal);
    this.#triedAtMs = performance.now();
    await this.#link.execute('cont');
  }

  /** Ends the process: quit first, so that disks are flushed, then SIGKILL. */
  async #end(timeoutMs: number): Promise<void> {
    if (this.#link.connected) {
      const waiting = new AbortController();
      this.#link.execute('quit').catch(() => {});
      const late = systemClock.sleep(timeoutMs, waiting.signal).catch(() => {});
      await Promise.race([this.#link.gone, this.#parts.childExit, late].filter((wait) => wait !== undefined));
      waiting.abort();
    }
    await killProcess(this.handle);
  }

  async #bury(exit: ProcessExit | null): Promise<MachineEnd> {
    this.#letGo();
    const end = machineEnd({
      finalState: this.#finalState,
      killRequested: this.#killRequested,
      signalled: this.#signalled,
      exit,
      outOfMemory: await this.#parts.cgroup.ranOutOfMemory(),
      lastWords: await readLastWords(this.#parts.files),
    });
    for (const cleaned of await Promise.allSettled([removeRunFiles(this.#parts.files), this.#parts.cgroup.remove()])) {
      if (cleaned.status === 'rejected')
        this.#parts.log.warn({ error: cleaned.reason }, 'could not clean up after a machine');
    }
    return end;
  }

  #letGo(): void {
    this.#stopping.abort();
    this.#link.close();
    this.#serial.close();
  }

  /** QEMU writes the file as its own user, so its content is validated as a picture. */
  async #screenshot(): Promise<Buffer> {
    const { screenshot } = this.#parts.files;
    await this.#link.execute('screendump', { filename: screenshot, format: 'png' });
    try {
      await using file = await open(screenshot, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
      const picture = (await file.stat()).isFile() ? await file.readFile() : Buffer.alloc(0);
      if (picture.subarray(0, pngSignature.length).equals(pngSignature)) return picture;
      throw new Error('Not a PNG file');
    } catch (error) {
      this.#requireLife(error);
      throw new PlatformError('node-fault', say('node.no-picture'), { cause: error });
    } finally {
      await rm(screenshot, { force: true });
    }
  }

  /** Fallback without control groups, in steps of 10 ms. */
  async #processCpuNanoseconds(): Promise<number> {
    return ((await readProcessStat(this.handle.pid).catch(() => undefined))?.cpuTicks ?? 0) * 10_000_000;
  }
}
