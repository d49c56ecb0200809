/** The mock's whole truth: plain arrays of what the contract shows, and the little that it hides. */
import type {
  Component,
  ComputePool,
  Event,
  Image,
  InstanceDetail,
  JoinTokenInfo,
  Node,
  Operation,
  Target,
  User,
} from '@zhiyun/contracts';

export interface MockUser extends User {
  password: string;
}

export interface MockSession {
  token: string;
  userId: string;
}

export interface MockTicket {
  ticket: string;
  kind: 'display' | 'serial';
  instanceName: string;
}

export interface Db {
  users: MockUser[];
  sessions: MockSession[];
  pools: ComputePool[];
  nodes: Node[];
  images: Image[];
  /** Newest first, as the list shows them by default. */
  instances: InstanceDetail[];
  /** Newest first. */
  operations: Operation[];
  /** Newest first. */
  events: Event[];
  tickets: MockTicket[];
  components: Component[];
  /** With their secrets. */
  joinTokens: (JoinTokenInfo & { token: string })[];
  startedAt: string;
}

export type EventDraft = Pick<Event, 'kind' | 'subject'> &
  Partial<Pick<Event, 'severity' | 'data' | 'actor' | 'operation'>>;

const keptEvents = 2_000;

/** The db and who wants to know of changes. */
export class World {
  readonly db: Db;
  readonly #followers = new Set<{ next: (event: Event) => void; end: () => void }>();
  /** Until then nobody can follow (sentinel `cut-live-feed`). */
  #cutUntil = 0;
  #held: PromiseWithResolvers<void> | undefined;
  /** Keysyms that went down at any display. */
  readonly keys: number[] = [];
  readonly #consoles = new Set<() => void>();
  #hung: PromiseWithResolvers<void> | undefined;
  #seq: number;

  constructor(db: Db) {
    this.db = db;
    this.#seq = db.events[0]?.seq ?? 0;
  }

  tell(draft: EventDraft): void {
    const event: Event = {
      seq: ++this.#seq,
      at: new Date().toISOString(),
      severity: 'info',
      data: {},
      actor: null,
      operation: null,
      ...draft,
    };
    this.db.events.unshift(event);
    this.db.events.length = Math.min(this.db.events.length, keptEvents);
    for (const follower of this.#followers) follower.next(event);
  }

  follow(follower: { next: (event: Event) => void; end: () => void }): (() => void) | undefined {
    if (Date.now() < this.#cutUntil) return undefined;
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }

  cutFeeds(milliseconds: number): void {
    this.#cutUntil = Date.now() + milliseconds;
    for (const follower of this.#followers) follower.end();
    this.#followers.clear();
  }

  /** Operations that begin from now on wait before their first step, until `goOn`: what is passing can be looked at in peace. */
  hold(): void {
    this.#held ??= Promise.withResolvers();
  }

  goOn(): void {
    this.#held?.resolve();
    this.#held = undefined;
  }

  async mayGoOn(): Promise<void> {
    await this.#held?.promise;
  }

  /** From now on nothing is answered, until `wake`: as a process that was stopped. Connections stay open. */
  hang(): void {
    this.#hung ??= Promise.withResolvers();
  }

  wake(): void {
    this.#hung?.resolve();
    this.#hung = undefined;
  }

  async awake(): Promise<void> {
    await this.#hung?.promise;
  }

  /** Somebody's console; gives back how to forget it. */
  openedConsole(close: () => void): () => void {
    this.#consoles.add(close);
    return () => this.#consoles.delete(close);
  }

  /** As when the gateway goes down. */
  cutConsoles(): void {
    for (const close of this.#consoles) close();
  }

  user(id: string): MockUser | undefined {
    return this.db.users.find((user) => user.id === id);
  }
}

export function actorOf(user: Pick<User, 'id' | 'username'>): { id: User['id']; username: string } {
  return { id: user.id, username: user.username };
}

export function instanceTarget(instance: Pick<InstanceDetail, 'id' | 'name'>): Target {
  return { kind: 'instance', id: instance.id, name: instance.name };
}

export function componentTarget(component: Pick<Component, 'id' | 'name'>): Target {
  return { kind: 'component', id: component.id, name: component.name };
}

/** Components of one server are all called as it is, so their events name the type, too; nodes have events of their own. */
export function eventSubject({ id, type, name }: Pick<Component, 'id' | 'type' | 'name'>): Target {
  return { kind: 'component', id, name: `${type}@${name}` };
}

export function imageTarget(image: Pick<Image, 'id' | 'name'>): Target {
  return { kind: 'image', id: image.id, name: image.name };
}
