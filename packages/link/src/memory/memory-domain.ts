/**
 * In-process domain for tests: no network, no certificates, the same rules. Links can be cut and healed, members
 * killed; time is the given clock's.
 */
import { setImmediate } from 'node:timers/promises';
import type { ComponentId, DomainId } from '@zhiyun/contracts';
import { associated, type ComponentRecord, type ComponentType } from '@zhiyun/contracts/links';
import {
  type Clock,
  type Disposables,
  type Logger,
  newId,
  PlatformError,
  silentLogger,
  systemClock,
} from '@zhiyun/kernel';
import { LinkMember } from '../peer/link-member.ts';
import { describePeer, type Session, type SessionEnd } from '../rpc/session.ts';
import type { Member } from '../types.ts';
import { MemorySession } from './memory-session.ts';

export interface MemoryDomain {
  readonly id: DomainId;
  join(component: { type: ComponentType; name: string; id?: ComponentId }): Member;
  /** Network partition between two members, both ways, until healed. */
  cut(a: Member, b: Member): void;
  heal(a: Member, b: Member): void;
  /** Like `kill -9`: no goodbye. The same id may join again. */
  kill(member: Member): Promise<void>;
}

interface Place {
  member: LinkMember;
  state: 'new' | 'here' | 'killed' | 'left';
}

export function createMemoryDomain(options: { name?: string; clock?: Clock; log?: Logger } = {}): MemoryDomain {
  return new Domain(options.name ?? 'memory', options.clock ?? systemClock, options.log ?? silentLogger);
}

class Domain implements MemoryDomain {
  readonly id = newId<DomainId>();
  readonly #name: string;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #places = new Map<ComponentId, Place>();
  readonly #cuts = new Set<string>();
  readonly #sessions = new Map<MemorySession, string>();

  constructor(name: string, clock: Clock, log: Logger) {
    this.#name = name;
    this.#clock = clock;
    this.#log = log;
  }

  join({ type, name, id = newId<ComponentId>() }: { type: ComponentType; name: string; id?: ComponentId }): Member {
    if (this.#places.get(id)?.state === 'here') {
      throw new PlatformError('join-refused', `${type} "${name}" (${id}) has joined already.`);
    }
    const member = new LinkMember({
      id,
      type,
      name,
      domain: { id: this.id, name: this.#name },
      caCertificate: '',
      dial: async (record) => this.#dial(member, record),
      enter: (_member, ends) => this.#enter(member, ends),
      clock: this.#clock,
      log: this.#log.child({ component: name }),
    });
    this.#places.set(id, { member, state: 'new' });
    return member;
  }

  cut(a: Member, b: Member): void {
    this.#cuts.add(pairOf(a.id, b.id));
    this.#closeSessions((pair) => pair === pairOf(a.id, b.id), 'lost');
    this.#tell();
  }

  heal(a: Member, b: Member): void {
    this.#cuts.delete(pairOf(a.id, b.id));
    this.#tell();
  }

  async kill(member: Member): Promise<void> {
    this.#leave(member.id, 'killed');
    await member[Symbol.asyncDispose]();
  }

  async #enter(member: LinkMember, ends: Disposables): Promise<void> {
    this.#places.set(member.id, { member, state: 'here' });
    ends.add(() => this.#leave(member.id, 'left'));
    this.#tell();
    // Links between members that have started are up when `start` resolves.
    await setImmediate();
  }

  #leave(id: ComponentId, state: 'killed' | 'left'): void {
    const place = this.#places.get(id);
    if (place?.state !== 'here') return;
    place.state = state;
    this.#closeSessions((pair) => pair.includes(id), state === 'left' ? 'goodbye' : 'lost');
    this.#tell();
  }

  #dial(caller: LinkMember, { id }: ComponentRecord): Session {
    const place = this.#places.get(id);
    const pair = pairOf(caller.id, id);
    if (place?.state !== 'here' || this.#places.get(caller.id)?.state !== 'here' || this.#cuts.has(pair)) {
      throw new PlatformError('unavailable', `Component ${id} cannot be reached.`);
    }
    const { member } = place;
    const session = new MemorySession({
      caller: { id: caller.id, type: caller.type },
      served: member.served,
      label: describePeer(member),
      log: this.#log,
    });
    this.#sessions.set(session, pair);
    void session.ended.then(() => this.#sessions.delete(session));
    member.welcome(caller, session);
    return session;
  }

  #closeSessions(concerned: (pair: string) => boolean, end: SessionEnd): void {
    for (const [session, pair] of [...this.#sessions]) if (concerned(pair)) session.close(end);
  }

  /** Sends everybody the present associates, as a Data Server does. */
  #tell(): void {
    const places = [...this.#places.values()].filter(({ state }) => state !== 'new');
    for (const { member, state } of places) {
      if (state !== 'here') continue;
      const others = places.filter(({ member: other }) => other !== member && associated(member.type, other.type));
      member.applyAssociates({
        whole: true,
        associates: others.map((place) => this.#recordOf(place, member)),
        removed: [],
      });
    }
  }

  #recordOf({ member: { id, type, name }, state }: Place, seenBy: LinkMember): ComponentRecord {
    // A cut link is listed as suspect: that it is `online` again after healing makes the peer dial at once.
    const here = this.#cuts.has(pairOf(id, seenBy.id)) ? 'suspect' : 'online';
    const endpoint = { hosts: ['memory'], port: 1, machine: 'memory' };
    return { id, type, name, endpoint, state: state === 'here' ? here : 'suspect' };
  }
}

function pairOf(a: ComponentId, b: ComponentId): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}
