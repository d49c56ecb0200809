/** REST of the platform as a whole. Counting 100,000 instances takes a while, so an overview is at most two seconds old. */
import {
  activeOperationStates,
  type InstanceState,
  instanceStates,
  type NodeState,
  nodeStates,
} from '@zhiyun/contracts';
import { type Clock, isoTime } from '@zhiyun/kernel';
import type { Member } from '@zhiyun/link';
import type { Store } from '@zhiyun/store';
import { sql } from 'kysely';
import { countComponents } from '../component/count-components.ts';
import { readOwnView } from '../component/own-view.ts';
import type { LoadBoard } from '../monitor/load-board.ts';
import { capacityOf, sumCapacities } from '../node/node-capacity.ts';
import { selectNodes } from '../node/node-list.ts';
import type { RestHandlers } from '../rest/rest-handlers.ts';
import { countsOf } from './counts-of.ts';
import { SharedReading } from './shared-reading.ts';

export interface SystemHandlersDeps {
  store: Store;
  board: LoadBoard;
  member: Pick<Member, 'id' | 'domain' | 'peers'>;
  clock: Clock;
  /** Of the platform's software. */
  version: string;
}

const freshMs = 2_000;

export function systemHandlers(deps: SystemHandlersDeps): Pick<RestHandlers, 'getSystem' | 'getSystemLoad'> {
  const { board, clock, member, version } = deps;
  const startedAt = isoTime(clock.now());
  const figures = new SharedReading(clock, freshMs, () => countFigures(deps));
  return {
    getSystem: async () => ({
      version,
      domain: member.domain,
      startedAt,
      time: isoTime(clock.now()),
      cpuLoad: board.systemLoad()?.cpu ?? null,
      ...(await figures.read()),
    }),
    getSystemLoad: async () => ({ items: board.systemSeries() }),
  };
}

async function countFigures({ store: { db }, board, member }: SystemHandlersDeps) {
  const [nodes, instances, others, components] = await Promise.all([
    selectNodes(db, 'all').execute(),
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
    readOwnView(db, member).then((seen) => countComponents(db, seen)),
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
