/** The registry as this Data Server sees it now, reread whenever the doorbell rings, whoever rang it. */
import type { ComponentId } from '@zhiyun/contracts';
import { associated, type ComponentRecord, type ComponentType } from '@zhiyun/contracts/links';
import { type Disposables, Emitter, type Logger } from '@zhiyun/kernel';
import type { Store } from '@zhiyun/store';
import { type Registered, readRegistrations, registrationChannel } from './registration-rows.ts';

export class ComponentList {
  readonly #store: Store;
  readonly #log: Logger;
  readonly #changes = new Emitter<void>();
  #all: readonly Registered[] = [];
  #reading: Promise<void> | undefined;
  #again = false;

  constructor(store: Store, log: Logger) {
    this.#store = store;
    this.#log = log;
  }

  async follow(ends: Disposables): Promise<void> {
    const reread = () => void this.reread();
    ends.use(await this.#store.listen(registrationChannel, reread, reread));
    await this.reread();
  }

  get all(): readonly Registered[] {
    return this.#all;
  }

  onChange(listener: () => void): Disposable {
    return this.#changes.on(listener);
  }

  associatesOf(type: ComponentType, id: ComponentId): ComponentRecord[] {
    return this.#all
      .filter((other) => other.id !== id && associated(type, other.type))
      .map(({ session: _session, ...record }) => record);
  }

  /** Rings that come while it reads are answered by one more reading. */
  reread(): Promise<void> {
    this.#again = true;
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #read(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      try {
        this.#all = await readRegistrations(this.#store);
        this.#changes.emit();
      } catch (error) {
        this.#log.warn({ error }, 'the component registry could not be read; the last list stays');
      }
    }
  }
}
