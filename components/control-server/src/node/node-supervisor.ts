/**
 * Hears every node: its inventory when it comes, its changes and load while it is there, and its silence. What it writes is
 * guarded, so that several Control Servers may hear the same node.
 */
import type { InstanceId, NodeId, NodeState } from '@zhiyun/contracts';
import { type NodeReport, nodeClientLink } from '@zhiyun/contracts/links';
import { type Backoff, backoffMs, type Clock, Disposables, KeyedLock, type Logger } from '@zhiyun/kernel';
import type { Member, Peer } from '@zhiyun/link';
import type { Store } from '@zhiyun/store';
import type { LoadBoard } from '../monitor/load-board.ts';
import {
  applyGone,
  applyInventory,
  applyNodeState,
  applyReport,
  reportUnknownInstance,
  settledInstances,
} from './instance-reports.ts';
import { saveNode } from './node-store.ts';

export interface NodeSupervisorOptions {
  store: Store;
  member: Pick<Member, 'peers' | 'onPeer'>;
  board: LoadBoard;
  clock: Clock;
  log: Logger;
}

interface Watch {
  stop: AbortController;
  done: Promise<void>;
  /** Its inventory has been taken. */
  heard: boolean;
}

const watchAgain: Backoff = { firstMs: 200, maxMs: 5_000 };
const reassertMs = 5_000;
/** A node that the database believes in but that has not come by then is offline. */
const graceMs = 10_000;

export class NodeSupervisor implements AsyncDisposable {
  readonly #options: NodeSupervisorOptions;
  readonly #watches = new Map<NodeId, Watch>();
  readonly #cores = new Map<NodeId, number>();
  /** Unknown instances are told once, not at every reconnection. */
  readonly #toldUnknown = new Set<InstanceId>();
  /** State changes of one node are written in the order they happened. */
  readonly #writes = new KeyedLock<NodeId>();
  readonly #pending = new Set<Promise<void>>();
  readonly #owned = new Disposables();
  #startedAtMs = 0;
  #absentJudged = false;

  constructor(options: NodeSupervisorOptions) {
    this.#options = options;
  }

  start(): void {
    const { member, clock } = this.#options;
    this.#startedAtMs = clock.monotonicMs();
    this.#owned.use(member.onPeer(({ peer }) => this.#follow(peer)));
    for (const peer of member.peers('node-client')) this.#follow(peer);
    this.#owned.use(clock.every(reassertMs, () => this.#run('reassert node states', this.#reassert())));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owned[Symbol.asyncDispose]();
    const watches = [...this.#watches.values()];
    for (const { stop } of watches) stop.abort();
    await Promise.all([...watches.map(({ done }) => done), ...this.#pending]);
  }

  #follow(peer: Peer): void {
    if (peer.type !== 'node-client') return;
    switch (peer.state) {
      case 'online':
        if (this.#watches.get(peer.id)?.heard) this.#note(peer, 'online');
        this.#watch(peer);
        return;
      case 'suspect':
        this.#note(peer, 'suspect');
        return;
      case 'gone':
        this.#leave(peer);
        this.#note(peer, 'offline');
        return;
      case 'connecting':
    }
  }

  #note(peer: Peer, state: NodeState): void {
    const noted = this.#write(peer.id, () => applyNodeState(this.#options.store, peer.id, state));
    this.#run(`note that node ${peer.name} is ${state}`, noted);
  }

  #watch(peer: Peer): void {
    if (this.#watches.has(peer.id)) return;
    const stop = new AbortController();
    const watch: Watch = { stop, heard: false, done: Promise.resolve() };
    this.#watches.set(peer.id, watch);
    watch.done = this.#keepWatching(peer, watch);
  }

  #leave(peer: Peer): void {
    const watch = this.#watches.get(peer.id);
    this.#watches.delete(peer.id);
    this.#options.board.forgetNode(peer.id);
    if (!watch) return;
    watch.stop.abort();
    this.#run(`stop watching node ${peer.name}`, watch.done);
  }

  /** One stream after the other while the node is there: each begins with the whole inventory, so nothing is missed. */
  async #keepWatching(peer: Peer, watch: Watch): Promise<void> {
    const { store, clock, log } = this.#options;
    const { signal } = watch.stop;
    for (let attempt = 0; !signal.aborted && peer.state === 'online'; attempt++) {
      try {
        const expected = await settledInstances(store, peer.id);
        for await (const report of peer.as(nodeClientLink).watch({}, { signal })) {
          await this.#write(peer.id, () => this.#take(peer, report, expected));
          watch.heard = true;
          attempt = 0;
        }
      } catch (error) {
        if (!signal.aborted) log.warn({ node: peer.name, err: error }, 'lost the reports of a node');
      }
      await clock.sleep(backoffMs(watchAgain, attempt), signal).catch(() => undefined);
    }
    // From here to the next `online` there is none.
    if (this.#watches.get(peer.id) === watch) this.#watches.delete(peer.id);
  }

  async #take(peer: Peer, report: NodeReport, expected: ReadonlySet<InstanceId>): Promise<void> {
    const { store, board } = this.#options;
    switch (report.type) {
      case 'inventory': {
        this.#cores.set(peer.id, report.facts.cores);
        board.recordNode(peer.id, report.load, report.facts.cores);
        const seen = { id: peer.id, name: peer.name, address: peer.address.host };
        await store.tx((tx) => saveNode(tx, seen, report.facts));
        for (const id of await applyInventory(store, peer.id, report.instances, expected))
          await this.#tellUnknown(peer, id);
        return;
      }
      case 'instance':
        return applyReport(store, peer.id, report.report);
      case 'gone':
        return applyGone(store, peer.id, report.instanceId, report.sequence);
      case 'load':
        board.recordNode(peer.id, report.load, this.#cores.get(peer.id) ?? 1);
        for (const { instanceId, usage } of report.usage) board.recordInstance(instanceId, usage);
    }
  }

  async #tellUnknown(peer: Peer, instanceId: InstanceId): Promise<void> {
    if (this.#toldUnknown.has(instanceId)) return;
    this.#toldUnknown.add(instanceId);
    await reportUnknownInstance(this.#options.store, peer, instanceId);
  }

  /**
   * Several Control Servers may see a node differently. Whoever hears it is right: it says so again when another one has
   * written it off. What was there at the last start and never came to anybody's ears is offline.
   */
  async #reassert(): Promise<void> {
    const { store, clock, member } = this.#options;
    const nodes = await store.db.selectFrom('node').select(['id', 'state']).execute();
    const judgeAbsent = !this.#absentJudged && clock.monotonicMs() - this.#startedAtMs >= graceMs;
    this.#absentJudged ||= judgeAbsent;
    const present = new Set(
      member
        .peers('node-client')
        .filter((peer) => peer.state !== 'gone')
        .map(({ id }) => id),
    );
    for (const { id, state } of nodes) {
      if (this.#watches.get(id)?.heard && state === 'offline')
        await this.#write(id, () => applyNodeState(store, id, 'online'));
      if (judgeAbsent && state !== 'offline' && !present.has(id))
        await this.#write(id, () => applyNodeState(store, id, 'offline'));
    }
  }

  #write(nodeId: NodeId, task: () => Promise<void>): Promise<void> {
    return this.#writes.run(nodeId, task);
  }

  /** Beside everything else; awaited when the supervisor ends. */
  #run(what: string, task: Promise<void>): void {
    const run = task
      .catch((error: unknown) => this.#options.log.error({ err: error }, `could not ${what}`))
      .finally(() => this.#pending.delete(run));
    this.#pending.add(run);
  }
}
