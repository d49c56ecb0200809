/** REST of the platform as a whole. Counting 100,000 instances takes a while, so an overview is at most two seconds old. */
import {
  activeOperationStates,
  type InstanceState,
  instanceStates,
  type NodeState,
  nodeStates,
  type System,
} from '@zhiyun/contracts';
import { dataServerLink } from '@zhiyun/contracts/links';
import { type Clock, isoTime } from '@zhiyun/kernel';
import type { Member } from '@zhiyun/link';
import type { Store } from '@zhiyun/store';
import { sql } from 'kysely';
import type { LoadBoard } from '../monitor/load-board.ts';
import { capacityOf, sumCapacities } from '../node/node-capacity.ts';
import { selectNodes } from '../node/node-list.ts';
import type { RestHandlers } from '../rest/rest-handlers.ts';

export interface SystemHandlersDeps {
  store: Store;
  board: LoadBoard;
  member: Pick<Member, 'id' | 'type' | 'name' | 'domain' | 'peers' | 'onlinePeers'>;
  clock: Clock;
  /** Of the platform's software. */
  version: string;
}

const freshMs = 2_000;

export function systemHandlers(deps: SystemHandlersDeps): Pick<RestHandlers, 'getSystem' | 'getSystemLoad'> {
  const { board, clock, member, version } = deps;
  const startedAt = isoTime(clock.now());
  let counted: { atMs: number; figures: ReturnType<typeof countFigures> } | undefined;
  function figures() {
    if (!counted || clock.monotonicMs() - counted.atMs > freshMs) {
      const fresh = { atMs: clock.monotonicMs(), figures: countFigures(deps) };
      counted = fresh;
      // A failure is told to whoever waits for it, and not kept.
      fresh.figures.catch(() => {
        if (counted === fresh) counted = undefined;
      });
    }
    return counted.figures;
  }
  return {
    getSystem: async () => ({
      version,
      domain: member.domain,
      startedAt,
      time: isoTime(clock.now()),
      cpuLoad: board.systemLoad()?.cpu ?? null,
      ...(await figures()),
    }),
    getSystemLoad: async () => ({ items: board.systemSeries() }),
  };
}

async function countFigures({ store: { db }, board, member }: SystemHandlersDeps) {
  const [nodes, instances, others, components] = await Promise.all([
    selectNodes(db).execute(),
    db
      .selectFrom('instance')
      .select((eb) => ['state', eb.fn.countAll<number>().as('count')])
      .groupBy('state')
      .execute(),
    db
      .selectNoFrom((eb) => [
        eb.selectFrom('image').select(sql<number>`count(*)`.as('count')).as('images'),
        eb
          .selectFrom('operation')
          .select(sql<number>`count(*)`.as('count'))
          .where('state', 'in', activeOperationStates)
          .as('activeOperations'),
      ])
      .executeTakeFirstOrThrow(),
    listComponents(member),
  ]);
  return {
    capacity: sumCapacities(nodes.map((node) => capacityOf(node, board.nodeLoad(node.id)))),
    instances: countsOf<InstanceState>(instanceStates, instances),
    nodes: countsOf<NodeState>(
      nodeStates,
      nodeStates.map((state) => ({ state, count: nodes.filter((node) => node.state === state).length })),
    ),
    images: others.images ?? 0,
    activeOperations: others.activeOperations ?? 0,
    components,
  };
}

function countsOf<State extends string>(
  states: readonly State[],
  rows: readonly { state: State; count: number }[],
): Record<State, number> {
  const counts = Object.fromEntries(states.map((state) => [state, 0])) as Record<State, number>;
  for (const { state, count } of rows) counts[state] = count;
  return counts;
}

/** The whole domain as a Data Server knows it; while none answers, what this component sees itself. */
async function listComponents(member: SystemHandlersDeps['member']): Promise<System['components']> {
  const [dataServer] = member.onlinePeers('data-server');
  try {
    const answer = await dataServer?.as(dataServerLink).listComponents({}, { timeoutMs: 1_000 });
    if (answer) return answer.components.map(({ id, type, name, state }) => ({ id, type, name, state }));
  } catch {
    // Falls through: an overview with what is known beats none.
  }
  const seen = (['data-server', 'node-client', 'storage-server', 'http-gateway'] as const).flatMap((type) =>
    member.peers(type),
  );
  return [
    { id: member.id, type: member.type, name: member.name, state: 'online' },
    ...seen.map(({ id, type, name, state }) => ({ id, type, name, state: state === 'connecting' ? 'gone' : state })),
  ];
}
