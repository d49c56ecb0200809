/**
 * Supervises every node: inventory on connect, changes and load while connected, silence. Writes are fenced, so several
 * Control Servers may hear the same node; they decide its state together (`node-hearing.ts`).
 */
import type { InstanceId, NetworkReport, NodeId, NodeState } from '@zhiyun/contracts';
import { type NodeReport, nodeClientLink } from '@zhiyun/contracts/links';
import { type Backoff, Batches, backoffMs, type Clock, Disposables, KeyedLock, type Logger } from '@zhiyun/kernel';
import type { Member, Peer } from '@zhiyun/link';
import { failureLevel, type Store } from '@zhiyun/store';
import type { RefusedMove } from '../instance/state/next-state.ts';
import { missing, type Observation, observationOf } from '../instance/state/observation.ts';
import type { LoadBoard } from '../monitor/load-board.ts';
import { HeldObservations, type WorkOn } from './held-observations.ts';
import {
  applyInventory,
  applyObservations,
  type KnownInstances,
  knownInstances,
  reportUnknownInstances,
} from './instance-reports.ts';
import { type Arrival, doubtfulNodes, forgetHearing, type Hearing, hearNodes, noteHearings } from './node-hearing.ts';
import { takeNetworkReport } from './node-network.ts';
import { halfShownNodes, showInstances } from './shown-instances.ts';

export interface NodeSupervisorOptions {
  store: Store;
  member: Pick<Member, 'id' | 'peers' | 'peer' | 'onPeer'>;
  board: LoadBoard;
  workOn: WorkOn;
  clock: Clock;
  log: Logger;
}

interface Watch {
  stop: AbortController;
  done: Promise<void>;
}

const nothingKnown: KnownInstances = new Map();
const watchAgain: Backoff = { firstMs: 200, maxMs: 5_000 };
const reassertMs = 2_000;
/** Grace period after start: a node that has not connected may still be queued for its dial. */
export const graceMs = 15_000;
/** Batching of nodes that connect together: as many as make one good statement. */
const group = { maxSize: 50, crowd: { size: 3, waitMs: 25 } };
/** Nodes with more instances get their own batch. */
const fewInstances = 500;

export class NodeSupervisor implements AsyncDisposable {
  readonly #options: NodeSupervisorOptions;
  readonly #watches = new Map<NodeId, Watch>();
  /** Nodes whose inventory was applied and that are still connected. */
  readonly #heard = new Set<NodeId>();
  readonly #cores = new Map<NodeId, number>();
  /** Unknown instances are reported once, not on every reconnect. */
  readonly #toldUnknown = new Set<InstanceId>();
  /** Serialises state changes per node. */
  readonly #writes = new KeyedLock<NodeId>();
  readonly #pending = new Set<Promise<void>>();
  readonly #held: HeldObservations;
  readonly #known: Batches<NodeId, KnownInstances>;
  readonly #arrivals: Batches<Arrival, boolean>;
  readonly #hearings: Batches<Hearing, NodeState | undefined>;
  readonly #returns: Batches<NodeId, undefined>;
  readonly #losses: Batches<NodeId, undefined>;
  readonly #owned = new Disposables();
  readonly #stopping = new AbortController();
  #startedAtMs = 0;

  constructor(options: NodeSupervisorOptions) {
    this.#options = options;
    const { store, member, workOn } = options;
    this.#held = new HeldObservations(workOn);
    this.#known = new Batches((ids) => knownInstances(store, ids), group);
    this.#arrivals = new Batches((arrivals) => hearNodes(store, member.id, arrivals), group);
    this.#hearings = new Batches((hearings) => noteHearings(store, member.id, hearings), group);
    this.#returns = this.#shown('online');
    this.#losses = this.#shown('offline');
  }

  /** Throws `database-unavailable`. */
  async start(): Promise<void> {
    const { store, member, clock } = this.#options;
    // What a former life has heard is not heard now.
    await forgetHearing(store, member.id);
    this.#startedAtMs = clock.monotonicMs();
    this.#owned.use(member.onPeer(({ peer }) => this.#follow(peer)));
    for (const peer of member.peers('node-client')) this.#follow(peer);
    this.#run('tell what the last stop left', this.#finishShowing());
    this.#owned.use(clock.every(reassertMs, () => this.#run('reassert node states', this.#reassert())));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { store, member, log } = this.#options;
    this.#stopping.abort();
    await this.#owned[Symbol.asyncDispose]();
    const watches = [...this.#watches.values()];
    for (const { stop } of watches) stop.abort();
    await Promise.all([...watches.map(({ done }) => done), ...this.#pending]);
    await forgetHearing(store, member.id).catch((error) =>
      log[failureLevel(error)]({ err: error }, 'the nodes are heard a moment longer'),
    );
  }

  #follow(peer: Peer): void {
    if (peer.type !== 'node-client') return;
    switch (peer.state) {
      case 'online':
        if (this.#heard.has(peer.id)) this.#note(peer, 'online');
        this.#watch(peer);
        return;
      case 'suspect':
        if (this.#heard.has(peer.id)) this.#note(peer, 'suspect');
        return;
      case 'gone':
        this.#leave(peer);
        if (this.#heard.delete(peer.id) || this.#graceIsOver) this.#note(peer, 'offline');
        return;
      case 'connecting':
    }
  }

  #note(peer: Peer, state: NodeState): void {
    this.#run(`note that node ${peer.name} is ${state}`, this.#hear(peer.id, state));
  }

  #hear(nodeId: NodeId, heard: NodeState): Promise<void> {
    return this.#writes.run(nodeId, async () => {
      const became = await this.#hearings.run({ nodeId, heard });
      if (became === 'online') await this.#show(nodeId, became);
      if (became === 'offline') await this.#losses.run(nodeId);
    });
  }

  #shown(state: 'online' | 'offline'): Batches<NodeId, undefined> {
    return new Batches(async (ids) => {
      this.#report(await showInstances(this.#options.store, ids, state, this.#stopping.signal));
      return ids.map(() => undefined);
    }, group);
  }

  async #show(nodeId: NodeId, state: 'online' | 'offline'): Promise<void> {
    this.#report(await showInstances(this.#options.store, [nodeId], state, this.#stopping.signal));
  }

  #report(refused: readonly RefusedMove[]): void {
    if (refused.length > 0)
      this.#options.log.error({ refused }, 'moves of instances that may not be were refused: this is a bug');
  }

  async #finishShowing(): Promise<void> {
    for (const id of await halfShownNodes(this.#options.store))
      await this.#writes.run(id, () => this.#show(id, 'offline'));
  }

  #watch(peer: Peer): void {
    if (this.#watches.has(peer.id)) return;
    const stop = new AbortController();
    const watch: Watch = { stop, done: Promise.resolve() };
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

  /**
   * Watches while the node is there, reopening the stream when it ends: each starts with the whole inventory, so
   * nothing is missed.
   */
  async #keepWatching(peer: Peer, watch: Watch): Promise<void> {
    const { clock, log } = this.#options;
    const { signal } = watch.stop;
    for (let attempt = 0; !signal.aborted && peer.state === 'online'; attempt++) {
      try {
        let known = await this.#known.run(peer.id);
        const take = (report: NodeReport) => {
          const taken = this.#take(peer, report, known);
          // Asked for once, by the inventory.
          known = nothingKnown;
          attempt = 0;
          return taken;
        };
        await peer.as(nodeClientLink).watch({}, take, { signal });
      } catch (error) {
        if (!signal.aborted) log[failureLevel(error)]({ node: peer.name, err: error }, 'lost the reports of a node');
      }
      await clock.sleep(backoffMs(watchAgain, attempt), signal).catch(() => undefined);
    }
    // From here to the next `online` there is none.
    if (this.#watches.get(peer.id) === watch) this.#watches.delete(peer.id);
  }

  /** Synchronous fast path: called every few seconds for every node. */
  #take(peer: Peer, report: NodeReport, known: KnownInstances): Promise<void> | undefined {
    const { board } = this.#options;
    const heard = (observation: Observation) => {
      const take = (held: Observation) => {
        // Operations end after us when we stop: the next inventory says it again.
        if (this.#stopping.signal.aborted) return;
        this.#run(`take what node ${peer.name} has reported`, this.#observe(peer.id, held));
      };
      return this.#held.hold(observation, take) ? undefined : this.#observe(peer.id, observation);
    };
    switch (report.type) {
      case 'inventory':
        this.#cores.set(peer.id, report.facts.cores);
        board.recordNode(peer.id, report.load, report.facts.cores);
        return this.#writes.run(peer.id, () => this.#reconcile(peer, report, known));
      case 'instance':
        return heard(observationOf(report.report));
      case 'gone':
        return heard(missing(report.instanceId, report.sequence));
      case 'load':
        board.recordNode(peer.id, report.load, this.#cores.get(peer.id) ?? 1);
        board.recordInstances(peer.id, report);
        return report.network && this.#takeNetwork(peer, report.network);
    }
  }

  #observe(nodeId: NodeId, observation: Observation): Promise<void> {
    return this.#writes.run(nodeId, async () =>
      this.#report(await applyObservations(this.#options.store, nodeId, [observation])),
    );
  }

  #takeNetwork(peer: Peer, report: NetworkReport): Promise<void> {
    return this.#writes.run(peer.id, () => takeNetworkReport(this.#options.store, peer.id, report));
  }

  async #reconcile(
    peer: Peer,
    { facts, instances, network }: Extract<NodeReport, { type: 'inventory' }>,
    known: KnownInstances,
  ): Promise<void> {
    const { store } = this.#options;
    const seen = { id: peer.id, name: peer.name, address: peer.address.host };
    const cameBack = await this.#arrivals.run({ seen, facts });
    this.#heard.add(peer.id);
    const { strangers, refused } = await applyInventory(store, peer.id, instances, known);
    this.#report(refused);
    // After the inventory: what it says is newer than what was last heard.
    if (cameBack || anyUnknown(known)) {
      if (known.size <= fewInstances) await this.#returns.run(peer.id);
      else await this.#show(peer.id, 'online');
    }
    if (network) await takeNetworkReport(store, peer.id, network);
    const untold = strangers.filter((id) => !this.#toldUnknown.has(id));
    if (untold.length === 0) return;
    for (const id of untold) this.#toldUnknown.add(id);
    await reportUnknownInstances(store, peer, untold);
  }

  /**
   * Periodic reconciliation: nodes heard only by a Control Server that has died, and nodes known at the last start that
   * never came back.
   */
  async #reassert(): Promise<void> {
    const { store, member } = this.#options;
    const reasserted = (await doubtfulNodes(store)).map(async ({ id, state }) => {
      const peer = member.peer(id);
      if (this.#heard.has(id)) {
        if (peer?.state === 'online') await this.#hear(id, 'online');
      } else if (state !== 'offline' && this.#graceIsOver && (!peer || peer.state === 'gone'))
        await this.#hear(id, 'offline');
    });
    // All have ended, also when some have failed.
    const failed = (await Promise.allSettled(reasserted)).find(({ status }) => status === 'rejected');
    if (failed?.status === 'rejected') throw failed.reason;
  }

  get #graceIsOver(): boolean {
    return this.#options.clock.monotonicMs() - this.#startedAtMs >= graceMs;
  }

  /** Runs in the background; awaited when the supervisor ends. */
  #run(what: string, task: Promise<void>): void {
    const run = task
      .catch((error: unknown) => this.#options.log[failureLevel(error)]({ err: error }, `could not ${what}`))
      .finally(() => this.#pending.delete(run));
    this.#pending.add(run);
  }
}

/** Some are `unknown` still, because the process that updated them was stopped. */
function anyUnknown(known: KnownInstances): boolean {
  return known.values().some(({ state, observed_state }) => state === 'unknown' && observed_state !== null);
}
