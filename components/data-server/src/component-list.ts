/**
 * Cached registry of this Data Server. A row's change is notified with its id and only that row is re-read;
 * notifications are coalesced for 20 ms into one query and one change. Everything is re-read when notifications may
 * have been lost, and every 10 s if anything changed.
 */
import { type ComponentId, isUuid } from '@zhiyun/contracts';
import { associated, type ComponentRecord, type ComponentType } from '@zhiyun/contracts/links';
import { type Clock, type Disposables, Emitter, type Logger } from '@zhiyun/kernel';
import { failureLevel, type Store } from '@zhiyun/store';
import {
  type ReadComponents,
  type Registered,
  readComponents,
  readVersion,
  registrationChannel,
  sameRecord,
  sameRegistered,
} from './component-rows.ts';

const tickMs = 20;
const checkMs = 10_000;

export interface ListChange {
  /** Registrations that are new or differ in anything. */
  registered: readonly Registered[];
  /** Of these, what associates see: new or changed. */
  records: readonly ComponentRecord[];
  removed: readonly ComponentId[];
}

export class ComponentList {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #changes = new Emitter<ListChange>();
  readonly #registered = new Map<ComponentId, Registered>();
  readonly #byType = new Map<ComponentType, Map<ComponentId, ComponentRecord>>();
  readonly #removed = new Set<ComponentId>();
  #rung = new Set<ComponentId>();
  #isWholeDue = false;
  /** Version of the rows at the last complete read. */
  #version: string | undefined;
  #reading: Promise<void> | undefined;
  #isOver = false;

  constructor(store: Store, clock: Clock, log: Logger) {
    this.#store = store;
    this.#clock = clock;
    this.#log = log;
  }

  /** Resolves after the first complete read. */
  async follow(ends: Disposables): Promise<void> {
    ends.add(async () => {
      this.#isOver = true;
      await this.#reading;
    });
    const whole = () => {
      this.#isWholeDue = true;
      void this.#read();
    };
    const onRing = (id: string) => {
      if (!isUuid(id)) return whole();
      this.#rung.add(id as ComponentId);
      void this.#read();
    };
    ends.use(await this.#store.listen(registrationChannel, onRing, whole));
    const check = async () => {
      const version = await readVersion(this.#store).catch(() => undefined);
      if (version === undefined || version !== this.#version || this.#isWholeDue) whole();
    };
    ends.use(this.#clock.every(checkMs, () => void check()));
    this.#isWholeDue = true;
    await this.#read();
  }

  get all(): Iterable<Registered> {
    return this.#registered.values();
  }

  /** Removed components whose certificate may still be valid. This very set stays up to date. */
  get removed(): ReadonlySet<ComponentId> {
    return this.#removed;
  }

  ofType(type: ComponentType): ComponentRecord[] {
    return [...(this.#byType.get(type)?.values() ?? [])];
  }

  associatesOf(type: ComponentType, id: ComponentId): ComponentRecord[] {
    const associates = [...this.#byType.keys()].filter((other) => associated(type, other));
    return associates.flatMap((other) => this.ofType(other)).filter((record) => record.id !== id);
  }

  onChange(listener: (change: ListChange) => void): Disposable {
    return this.#changes.on(listener);
  }

  /** Single-flight, so that an older answer never follows a newer one. */
  #read(): Promise<void> {
    this.#reading ??= this.#readOnce().then((isDone) => {
      this.#reading = undefined;
      if (isDone && (this.#isWholeDue || this.#rung.size > 0)) void this.#read();
    });
    return this.#reading;
  }

  /** False: no immediate retry; the next notification, reconnect or interval does it. */
  async #readOnce(): Promise<boolean> {
    await this.#clock.sleep(tickMs);
    if (this.#isOver) return false;
    const isWhole = this.#isWholeDue;
    const rung = this.#rung;
    this.#isWholeDue = false;
    this.#rung = new Set();
    try {
      if (isWhole) this.#version = await readVersion(this.#store);
      this.#take(await readComponents(this.#store, isWhole ? undefined : [...rung]), isWhole);
    } catch (error) {
      this.#isWholeDue = true;
      this.#log[failureLevel(error)]({ error }, 'the component registry could not be read; the last list stays');
      return false;
    }
    return true;
  }

  #take({ registered, removed }: ReadComponents, isWhole: boolean): void {
    const gone = new Set(removed);
    if (isWhole) {
      const present = new Set(registered.map(({ record }) => record.id));
      for (const id of this.#registered.keys()) if (!present.has(id)) gone.add(id);
      for (const id of this.#removed) if (!gone.has(id)) this.#removed.delete(id);
    }
    const newlyGone = [...gone].filter((id) => !this.#removed.has(id));
    for (const id of newlyGone) this.#remove(id);

    const records: ComponentRecord[] = [];
    const changed = registered.filter((now) => {
      const before = this.#registered.get(now.record.id);
      if (before && sameRegistered(before, now)) return false;
      if (!(before && sameRecord(before.record, now.record))) records.push(now.record);
      this.#put(now);
      return true;
    });
    if (changed.length + newlyGone.length > 0) {
      this.#changes.emit({ registered: changed, records, removed: newlyGone });
    }
  }

  #put(registered: Registered): void {
    const { record } = registered;
    this.#registered.set(record.id, registered);
    const ofType = this.#byType.get(record.type);
    if (ofType) ofType.set(record.id, record);
    else this.#byType.set(record.type, new Map([[record.id, record]]));
  }

  #remove(id: ComponentId): void {
    const type = this.#registered.get(id)?.record.type;
    if (type) this.#byType.get(type)?.delete(id);
    this.#registered.delete(id);
    this.#removed.add(id);
  }
}
