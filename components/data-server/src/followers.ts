/** Fan-out of registry changes to thousands of components: one item per component type, shared by all its followers. */
import { type Associates, associated, type ComponentRecord, type ComponentType } from '@zhiyun/contracts/links';
import type { ListChange } from './component-list.ts';

/** A follower this far behind gets its backlog coalesced into one item. */
const maxBehind = 100;

export class Follower {
  #items: Associates[] = [];
  #wake = () => {};
  #end: { reason: Error | undefined } | undefined;

  push(item: Associates): void {
    this.#items.push(item);
    if (this.#items.length > maxBehind) this.#items = [merged(this.#items)];
    this.#wake();
  }

  end(reason?: Error): void {
    this.#end ??= { reason };
    this.#wake();
  }

  /** Items until the end; throws its reason if there is one. */
  async *items(): AsyncGenerator<Associates, void> {
    while (!this.#end) {
      const { promise: woken, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      if (this.#items.length > 0) yield merged(this.#items.splice(0));
      else await woken;
    }
    if (this.#end.reason) throw this.#end.reason;
  }
}

export class Followers {
  readonly #byType = new Map<ComponentType, Set<Follower>>();

  add(type: ComponentType): Follower & Disposable {
    const follower = new Follower();
    const ofType = this.#byType.get(type) ?? new Set();
    this.#byType.set(type, ofType.add(follower));
    return Object.assign(follower, { [Symbol.dispose]: () => void ofType.delete(follower) });
  }

  tell({ records, removed }: Pick<ListChange, 'records' | 'removed'>): void {
    for (const [type, followers] of this.#byType) {
      const associates = records.filter((record) => associated(type, record.type));
      if (followers.size === 0 || associates.length + removed.length === 0) continue;
      const item: Associates = { whole: false, associates, removed: [...removed] };
      for (const follower of followers) follower.push(item);
    }
  }
}

/** Coalesces items: the newest change of each component wins. */
function merged(items: readonly Associates[]): Associates {
  const [first] = items;
  if (first && items.length === 1) return first;
  const latest = new Map<string, ComponentRecord>();
  for (const { associates } of items) for (const record of associates) latest.set(record.id, record);
  const removed = [...new Set(items.flatMap((item) => item.removed))];
  for (const id of removed) latest.delete(id);
  return { whole: false, associates: [...latest.values()], removed };
}
