/**
 * Owner of one instance on this node (actor): carries out its orders one at a time, each written to the ledger first
 * (write-ahead).
 *
 * - fencing: an order with an older generation is refused, and a newer one ends the wait of an older one
 *   (`stale-generation`);
 * - idempotent: a repeated order is only answered;
 * - after a failed `prepare` nothing of the instance is left;
 * - a guest that ends by itself is reported at once, whatever order is waiting.
 */
import { type InstanceId, say } from '@zhiyun/contracts';
import type { InstanceConfig, InstanceReport } from '@zhiyun/contracts/links';
import { Emitter, isoTime, KeyedLock, type Logger, PlatformError } from '@zhiyun/kernel';
import type { Machine, MachineCondition, MachineHandle } from '../hypervisor/hypervisor.ts';
import type { LedgerEntry } from '../ledger/ledger.ts';
import { configOfStart, withoutOnce } from './config-of-start.ts';
import { GuestMachine } from './guest-machine.ts';
import { InstanceRecord } from './instance-record.ts';
import type { Order, ShutdownTime } from './order.ts';
import { afterFailedRestart, restartOf } from './restart-plan.ts';
import type { RunnerParts } from './runner-parts.ts';
import { endGuest, type ShutdownEnd } from './shut-down-instances.ts';

/** Bound of the queue behind the current order (back-pressure). */
const maxWaitingOrders = 16;

export class InstanceRunner {
  readonly instanceId: InstanceId;
  readonly #parts: RunnerParts;
  readonly #log: Logger;
  readonly #queue = new KeyedLock<'orders'>();
  readonly #active = new Map<AbortController, number>();
  readonly #progress = new Emitter<number>();
  readonly #detaching = new AbortController();
  #newestGeneration: number;
  /** Exists from the first step of a prepare to the last of a removal; in the ledger only while `#prepared`. */
  #record: InstanceRecord | undefined;
  #prepared = false;
  #guest: GuestMachine | undefined;

  constructor(instanceId: InstanceId, parts: RunnerParts, entry?: LedgerEntry) {
    this.instanceId = instanceId;
    this.#parts = parts;
    this.#log = parts.log.child({ instanceId });
    this.#newestGeneration = entry?.generation ?? 0;
    if (!entry) return;
    this.#open(entry);
    this.#prepared = true;
  }

  get entry(): LedgerEntry | undefined {
    return this.#record?.entry;
  }
  get report(): InstanceReport | undefined {
    return this.#prepared ? this.#record?.report : undefined;
  }
  get machine(): Machine | undefined {
    return this.#guest?.machine;
  }
  /** Nothing here and nothing to do. */
  get isIdle(): boolean {
    return !this.#record && this.#active.size === 0;
  }

  /** Resolves with the state after it; undefined when the instance is no more. */
  async run(order: Order, onProgress?: (fraction: number) => void): Promise<InstanceReport | undefined> {
    if (order.generation < this.#newestGeneration) throw this.#stale(order);
    if (this.#active.size >= maxWaitingOrders) {
      throw new PlatformError(
        'target-busy',
        say('node.orders-waiting', { count: this.#active.size, id: this.instanceId }),
      );
    }
    this.#newestGeneration = order.generation;
    for (const [older, generation] of this.#active) {
      if (generation < order.generation) older.abort(this.#stale({ generation }));
    }
    const abort = new AbortController();
    this.#active.set(abort, order.generation);
    using _progress = this.#progress.on((fraction) => onProgress?.(fraction));
    try {
      return await this.#queue.run('orders', async () => {
        abort.signal.throwIfAborted();
        await this.#reach();
        if (!this.#isDone(order)) await this.#carryOut(order, abort.signal);
        return this.report;
      });
    } finally {
      this.#active.delete(abort);
    }
  }

  /**
   * At start-up: adopts the machine, or records that it ended. `found`: a machine of this instance the ledger may not
   * know, because the agent was killed while starting it.
   */
  adopt(found?: MachineHandle): Promise<void> {
    return this.#queue.run('orders', async () => {
      const record = this.#record;
      if (!record) return;
      if (!record.entry.machine && found) await this.#note(record, { machine: found }, true);
      await this.#reach();
      if (record.entry.wanted === 'running' && !this.#guest && !record.entry.restart) {
        await this.#note(record, {
          wanted: 'stopped',
          stopReason: 'launch-failed',
          stopDetail: 'The Node Client was stopped while it was starting the instance.',
        });
      }
    });
  }

  /**
   * Restarts it after a reboot of the node. Resolves with the delay until the next attempt; undefined: running,
   * superseded by an order, or given up. Failures are reported.
   */
  restart(): Promise<number | undefined> {
    return this.#queue.run('orders', async () => {
      const record = this.#record;
      if (!record?.entry.restart || this.#guest) return undefined;
      const failures = record.entry.restart.failures + 1;
      try {
        await this.#launch(record, record.entry.config, { startedBy: 'node' }, this.#detaching.signal);
        this.#log.info({}, 'The instance was started again after the restart of its node');
        return undefined;
      } catch (error) {
        const { waitMs, patch } = afterFailedRestart(failures, this.#detaching.signal.aborted);
        await this.#note(record, patch, true);
        this.#log.warn(
          { error, failures, waitMs },
          'The instance could not be started again after the restart of its node',
        );
        return waitMs;
      }
    });
  }

  /**
   * Requests a shutdown and powers off after `timeoutMs`; queued orders are dropped. Aborting `giveUp` lets the guest
   * go on.
   */
  async shutDown(timeoutMs: number, giveUp: AbortSignal): Promise<ShutdownEnd> {
    const deadline = this.#parts.clock.monotonicMs() + timeoutMs;
    for (const order of this.#active.keys()) order.abort(new PlatformError('unavailable', say('machine.node-stops')));
    return this.#queue.run('orders', async () => {
      const [record, guest] = [this.#record, this.#guest];
      if (record) await this.#note(record, { wanted: 'stopped', restart: undefined }, true);
      if (!record || !guest) return 'shut-down';
      const end = await endGuest(guest, deadline, giveUp, this.#parts.clock);
      if (end === 'left') await this.#note(record, { wanted: 'running' }, true);
      return end;
    });
  }

  /** Detaches from the guest, which goes on. */
  async detach(): Promise<void> {
    this.#detaching.abort(new PlatformError('unavailable', say('node.stopping')));
    for (const order of this.#active.keys()) {
      order.abort(new PlatformError('unavailable', say('node.stopping')));
    }
    await this.#guest?.machine.detach();
  }

  #isDone({ kind, generation }: Order): boolean {
    const entry = this.entry;
    return entry?.generation === generation && entry.order === kind && entry.orderDone;
  }

  async #carryOut(order: Order, signal: AbortSignal): Promise<void> {
    if (order.kind === 'remove') return this.#remove();
    if (order.kind === 'prepare') return this.#prepare(order, order.config, signal);
    const record = this.#record;
    if (!record || !this.#prepared) {
      throw new PlatformError('not-found', say('instance.not-prepared', { id: this.instanceId }));
    }
    const resumed = record.entry.generation === order.generation;
    // Whoever orders decides from now on.
    const taken = { generation: order.generation, order: order.kind, orderDone: false, restart: undefined } as const;
    // Orders that end something must also work on a full disk: at worst they are carried out twice.
    switch (order.kind) {
      case 'start':
        if (!this.#guest) await this.#launch(record, order.config, taken, signal);
        break;
      case 'stop':
        await this.#note(record, { ...taken, wanted: 'stopped' }, true);
        await this.#shutDown(record, order, signal);
        break;
      case 'kill':
        await this.#note(record, { ...taken, wanted: 'stopped' }, true);
        await this.#guest?.kill();
        break;
      case 'reboot':
        if (!this.#guest && !resumed) throw this.#notRunning();
        await record.change({ ...taken, wanted: 'running' });
        await this.#guest?.quietly(() => this.#shutDown(record, order, signal));
        await this.#launch(record, order.config, taken, signal);
        break;
      case 'reset':
        if (!this.#guest) throw this.#notRunning();
        await this.#note(record, taken, true);
        await this.#guest.machine.reset();
        break;
    }
    await this.#note(record, { ...taken, orderDone: true });
  }

  async #prepare(order: Order, config: InstanceConfig, signal: AbortSignal): Promise<void> {
    const taken = { generation: order.generation, order: order.kind, orderDone: true } as const;
    if (this.#record && this.#prepared) return this.#record.change(taken);
    // What an earlier try could not clear away.
    if (this.#record) await this.#clear(this.#record);
    this.#parts.admit(config);
    const record = this.#open({
      ...taken,
      instanceId: this.instanceId,
      config,
      places: [],
      wanted: 'stopped',
      machine: null,
      epoch: 0,
      sequence: this.#parts.clock.now(),
      stopReason: 'never-started',
      stopDetail: null,
    });
    try {
      const work = { promised: false, signal, onProgress: (fraction: number) => this.#progress.emit(fraction) };
      await this.#parts.workshop.ensure(record.entry, work, async (patch) => {
        record.take(patch);
        return record.entry;
      });
      // The promise. Without it what lies here is half made, and goes at the next start.
      await record.change({});
      await this.#parts.disks.finish(this.instanceId);
      this.#prepared = true;
    } catch (error) {
      await this.#clear(record).catch((undoError: unknown) =>
        this.#log.error(
          { error: undoError },
          'A half-made instance could not be cleared away; the next order or start does it',
        ),
      );
      throw error;
    }
    record.announce();
  }

  async #launch(
    record: InstanceRecord,
    config: InstanceConfig,
    taken: Partial<LedgerEntry>,
    signal: AbortSignal,
  ): Promise<void> {
    const { entry } = record;
    this.#parts.admit(config);
    await record.change({
      startedBy: 'order',
      ...taken,
      config: configOfStart(config, entry),
      wanted: 'running',
      epoch: entry.epoch + 1,
    });
    let machine: Machine | undefined;
    try {
      // What may have gone missing without touching the guest's data, e.g. taps with a reboot of the node, or a removal that failed.
      await this.#parts.workshop.ensure(
        record.entry,
        { promised: true, signal, onProgress: () => {} },
        async (patch) => {
          await record.change(patch);
          return record.entry;
        },
      );
      machine = await this.#parts.hypervisor.launch(this.#parts.machineSpec(record.entry));
      const recorded = record.change({
        machine: machine.handle,
        config: withoutOnce(record.entry.config),
        restart: undefined,
        stopReason: null,
        stopDetail: null,
        condition: null,
      });
      this.#attach(record, machine);
      await recorded;
    } catch (error) {
      this.#guest = undefined;
      await machine?.kill();
      const detail = error instanceof Error ? error.message : String(error);
      await this.#note(record, { wanted: 'stopped', machine: null, stopReason: 'launch-failed', stopDetail: detail });
      if (error instanceof PlatformError) throw error;
      throw new PlatformError('launch-failed', say('instance.not-started', { id: this.instanceId, reason: detail }), {
        cause: error,
      });
    }
  }

  async #shutDown(
    record: InstanceRecord,
    { timeoutSeconds, waitSeconds = timeoutSeconds }: ShutdownTime,
    signal: AbortSignal,
  ): Promise<void> {
    if (!this.#guest) return;
    try {
      if (await this.#guest.shutDown(waitSeconds * 1000, signal)) return;
    } catch (error) {
      // It goes on running, and is started again after a restart of the node.
      if (this.#guest) await this.#note(record, { wanted: 'running' }, true);
      throw error;
    }
    await this.#note(record, { wanted: 'running' }, true);
    throw new PlatformError(
      'shutdown-timeout',
      say('instance.did-not-shut-down', { name: record.entry.config.name, seconds: timeoutSeconds }),
    );
  }

  async #remove(): Promise<void> {
    await this.#guest?.kill();
    await this.#parts.disks.beginRemoval(this.instanceId);
    if (this.#record) return this.#clear(this.#record);
    // Without a readable ledger entry.
    await this.#parts.ledger.remove(this.instanceId);
    await this.#parts.disks.removeDirectory(this.instanceId);
  }

  /** Marks the removal first: if the agent dies now, its next start cleans up the rest. Works on a full disk. */
  async #clear(record: InstanceRecord): Promise<void> {
    await record.withdraw();
    this.#prepared = false;
    await this.#parts.workshop.remove(record.entry);
    this.#record = undefined;
    record.announceGone();
  }

  /** Adopts the machine named in the ledger. Throws when not possible now; the next order retries. */
  async #reach(): Promise<void> {
    const record = this.#record;
    if (this.#guest || !record?.entry.machine) return;
    const found = await this.#parts.hypervisor.adopt(this.#parts.machineSpec(record.entry), record.entry.machine);
    if ('machine' in found) {
      this.#log.info({ pid: found.machine.handle.pid }, 'Found the running instance again');
      this.#attach(record, found.machine);
    } else {
      const { reason, detail } = found.ended;
      const restart = restartOf(record.entry, found.ended, this.#parts.afterRestart);
      const wanted = restart ? 'running' : 'stopped';
      await this.#note(record, { wanted, restart, machine: null, stopReason: reason, stopDetail: detail });
    }
  }

  #attach(record: InstanceRecord, machine: Machine): void {
    const guest: GuestMachine = new GuestMachine(machine, this.#parts.clock, async ({ reason, detail }, quiet) => {
      if (this.#guest !== guest) return;
      this.#guest = undefined;
      this.#log.info({ reason, detail }, 'The instance has stopped');
      await this.#note(record, { wanted: 'stopped', machine: null, stopReason: reason, stopDetail: detail }, quiet);
    });
    this.#guest = guest;
    machine.conditions.on((condition) => {
      if (this.#guest === guest) void this.#noteCondition(record, condition);
    });
  }

  async #noteCondition(record: InstanceRecord, kind: MachineCondition | null): Promise<void> {
    if ((record.entry.condition?.kind ?? null) === kind) return;
    this.#log.warn({ condition: kind }, kind ? 'The instance does not work as it should' : 'The instance works again');
    await this.#note(record, { condition: kind && { kind, since: isoTime(this.#parts.clock.now()) } });
  }

  async #note(record: InstanceRecord, patch: Partial<LedgerEntry>, quiet = false): Promise<void> {
    await record
      .note(patch)
      .catch((error: unknown) =>
        this.#log.error({ error }, 'The ledger could not be written; the report goes out all the same'),
      );
    if (!quiet) record.announce();
  }

  #open(entry: LedgerEntry): InstanceRecord {
    const record = new InstanceRecord(entry, this.#parts);
    this.#record = record;
    return record;
  }

  #stale({ generation }: { generation: number }): PlatformError {
    return new PlatformError(
      'stale-generation',
      say('node.order-stale', { order: generation, id: this.instanceId, newest: this.#newestGeneration }),
    );
  }
  #notRunning(): PlatformError {
    return new PlatformError('wrong-state', say('instance.not-running', { id: this.instanceId }));
  }
}
