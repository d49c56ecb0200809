/** What this Control Server sees of the domain by its own links, for when no Data Server is left that would know more. */
import type { Component, ComponentId, Link } from '@zhiyun/contracts';
import { componentTypes } from '@zhiyun/contracts/links';
import { type Clock, isoTime } from '@zhiyun/kernel';
import type { Member } from '@zhiyun/link';

export interface SeenComponent extends Pick<Component, 'id' | 'state' | 'since'> {}

export class OwnView implements Disposable {
  readonly #member: Pick<Member, 'id' | 'peers' | 'onPeer'>;
  readonly #startedAt: string;
  readonly #since = new Map<ComponentId, string>();
  readonly #listening: Disposable;

  constructor(member: Pick<Member, 'id' | 'peers' | 'onPeer'>, clock: Clock) {
    this.#member = member;
    this.#startedAt = isoTime(clock.now());
    this.#listening = member.onPeer(({ peer }) => this.#since.set(peer.id, isoTime(clock.now())));
  }

  /** One direction only: from here to every peer. */
  links(): Link[] {
    return componentTypes.flatMap((type) =>
      this.#member.peers(type).map((peer) => ({
        from: this.#member.id,
        to: peer.id,
        state: peer.state,
        since: this.#since.get(peer.id) ?? this.#startedAt,
      })),
    );
  }

  /** Itself and its peers. One that is only being dialled is not there as far as can be told. */
  components(): SeenComponent[] {
    const peers = this.links().map(({ to, state, since }) => ({
      id: to,
      state: state === 'connecting' ? ('gone' as const) : state,
      since,
    }));
    return [{ id: this.#member.id, state: 'online', since: this.#startedAt }, ...peers];
  }

  [Symbol.dispose](): void {
    this.#listening[Symbol.dispose]();
  }
}
