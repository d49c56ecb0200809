/**
 * Every filter, sort and search of every list at 100,000 rows, as the route table has them: a new one fails here until values for
 * it are written down. Judged by what PostgreSQL reads, which a busy machine does not change; the times are printed.
 */
import { allKinds } from '@zhiyun/contracts';
import { type Route, routes, routesOfKind } from '@zhiyun/contracts/rest';
import { listEvents, type Store } from '@zhiyun/store';
import { listOperationRows } from '@zhiyun/transaction/testing';
import { type CompiledQuery, sql } from 'kysely';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { z } from 'zod';
import { listComponents } from '../component/component-list.ts';
import { computePoolHandlers } from '../compute-pool/compute-pool-handlers.ts';
import { listUsers } from '../identity/user-store.ts';
import { listImages } from '../image/image-store.ts';
import { instanceHandlers } from '../instance/instance-handlers.ts';
import { nodeHandlers } from '../node/node-handlers.ts';
import { idOf, storeWithManyRows } from './testing/many-rows.ts';

/** Of one quiet core of a small server; what a row and a page cost there was measured over the queries of this test. */
const mostMs = 20;
const costMs = ({ rows, buffers }: { rows: number; buffers: number }) => rows * 0.000_2 + buffers * 0.000_3;

type Statement = Pick<CompiledQuery, 'sql' | 'parameters'>;
let statements: Statement[] = [];
let many: Awaited<ReturnType<typeof storeWithManyRows>>;
beforeAll(async () => {
  many = await storeWithManyRows(inject('postgresUrl'), (statement) => statements.push(statement));
}, 300_000);
afterAll(() => many[Symbol.asyncDispose]());

type Query = Record<string, unknown>;
type Page = Promise<{ items: readonly unknown[]; nextCursor: string | null }>;
/** Undefined: reads no table of that size. */
const lists: Record<string, ((store: Store, query: never) => Page) | undefined> = {
  listInstances: (store, query) => instanceHandlers(deps(store)).listInstances({ query } as never) as Page,
  listNodes: (store, query) => nodeHandlers(deps(store)).listNodes({ query } as never) as Page,
  listComputePools: (store, query) => computePoolHandlers(deps(store)).listComputePools({ query } as never) as Page,
  listImages,
  listUsers,
  listEvents,
  listOperations: listOperationRows,
  listComponents: ({ db }, query) => listComponents(db, [], query),
  listLinks: undefined,
};
const deps = (store: Store) => ({ store, board: { nodeLoad: () => null } }) as never;

const searches = [
  ...['web-77', 'e', 'q', 'qq', 'we', '99', 'zeta', 'nothing', '%', '77777'],
  ...[
    '100.64.3.17',
    '64.3.17',
    '3.17',
    '52:ab:07:77:77:07',
    '77:77',
    idOf('instance', 77),
    idOf('node', 77),
    'server-77',
    'image-9',
  ],
];
/** Values that many have, that few have, and that none has. */
const values: Record<string, Record<string, readonly unknown[]>> = {
  listInstances: {
    search: searches,
    state: ['running', 'stopped', 'unknown', 'lost'],
    computePool: [idOf('pool', 2), idOf('pool', 3), idOf('pool', 9_999)],
    node: [idOf('node', 9), 'server-10', idOf('node', 99_999)],
    image: [idOf('image', 1), idOf('image', 3), idOf('image', 100), idOf('image', 99_999)],
    total: ['true'],
  },
  listNodes: { search: searches, computePool: [idOf('pool', 1), idOf('pool', 900), idOf('pool', 99_000)] },
  listComputePools: { search: [...searches, 'pool-7'] },
  listImages: { search: searches, kind: ['iso', 'disk'], state: ['ready', 'failed', 'uploading', 'deleting'] },
  listUsers: {},
  listEvents: {
    kind: ['instance.state-changed', 'image.moved', 'nothing.happened'],
    severity: ['info', 'warning', 'error'],
    subjectKind: ['instance', 'image', 'user'],
    subject: [idOf('instance', 77), idOf('instance', 77_777)],
  },
  listOperations: {
    state: ['succeeded', 'failed', 'stuck', 'cancelled'],
    active: ['true', 'false'],
    kind: ['instance.create', 'image.move', 'nothing.moves'],
    targetKind: ['instance', 'image', 'user'],
    target: [idOf('instance', 77), 'web-77', 'nothing'],
    parent: ['none', idOf('operation', 77), idOf('operation', 77_777)],
  },
  listComponents: {
    type: ['node-client', 'data-server', 'http-gateway'],
    state: ['online', 'suspect', 'gone'],
    search: ['server-77', 'q', 'server'],
  },
};

const listsOfFew: readonly string[] = allKinds.flatMap((kind) => (kind.few ? (routesOfKind(kind).list ?? []) : []));
const listRoutes = Object.entries(routes as Record<string, Route>).filter(
  // Of one instance alone there is a key that begins with it.
  ([name, { query }]) =>
    query instanceof z.ZodObject &&
    'cursor' in query.shape &&
    name !== 'listInstanceMoves' &&
    !listsOfFew.includes(name),
);

test('every list of the route table is here', () => {
  expect(listRoutes.map(([name]) => name).sort()).toEqual(Object.keys(lists).sort());
});

test.each(listRoutes.filter(([name]) => lists[name]).map(([name, { query }]) => [name, query as z.ZodObject] as const))(
  '%s',
  async (name, schema) => {
    const { sort, limit: _, cursor: __, ...filters } = schema.shape;
    expect(Object.keys(values[name] ?? {}).sort(), 'a filter has no values here').toEqual(Object.keys(filters).sort());
    const sorts: readonly unknown[] = sort instanceof z.ZodDefault ? (sort.unwrap() as z.ZodEnum).options : [undefined];
    const tooSlow: string[] = [];
    let slowest = { cost: 0, what: '' };
    for (const query of queriesOf(values[name] ?? {}, sorts)) {
      const asked = schema.parse(query) as Query;
      statements = [];
      const { nextCursor } = await (lists[name] as (store: Store, query: Query) => Page)(many.store, asked);
      if (nextCursor !== null && Object.keys(query).length <= 2) {
        await (lists[name] as (store: Store, query: Query) => Page)(many.store, { ...asked, cursor: nextCursor });
      }
      const ran = [...statements];
      let dearest = { rows: 0, buffers: 0, ms: 0, cost: 0 };
      for (const statement of ran) {
        const read = await explain(statement);
        if (costMs(read) >= dearest.cost) dearest = { ...read, cost: costMs(read) };
      }
      const what = `${JSON.stringify(query)}: ${dearest.rows} rows, ${dearest.buffers} buffers, took ${dearest.ms.toFixed(1)} ms`;
      if (dearest.cost > mostMs) tooSlow.push(what);
      if (dearest.cost > slowest.cost) slowest = { cost: dearest.cost, what };
    }
    console.log(`${name}: dearest of all ${slowest.what}`);
    expect(tooSlow).toEqual([]);
  },
  600_000,
);

/** None, each value, and each pair of the first values of different filters; in every order. */
function* queriesOf(filters: Record<string, readonly unknown[]>, sorts: readonly unknown[]): Generator<Query> {
  const single = Object.entries(filters).flatMap(([name, some]) => some.map((value) => [name, value] as const));
  const isPaired = (name: string, value: unknown) => (filters[name] ?? []).indexOf(value) < 3;
  for (const sort of sorts) {
    const sorted = sort === undefined ? {} : { sort };
    yield sorted;
    for (const [at, [name, value]] of single.entries()) {
      yield { ...sorted, [name]: value };
      for (const [other, its] of single.slice(at + 1))
        if (other !== name && isPaired(name, value) && isPaired(other, its))
          yield { ...sorted, [name]: value, [other]: its };
    }
  }
}

interface Plan {
  'Node Type': string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  'Rows Removed by Index Recheck'?: number;
  'Rows Removed by Join Filter'?: number;
  Plans?: Plan[];
}

/** Rows that were looked at anywhere in the plan, and pages. */
async function explain({ sql: text, parameters }: Statement): Promise<{ rows: number; buffers: number; ms: number }> {
  const explained = `explain (analyze, buffers, format json) ${text}`;
  const { rows } = await many.store.db.executeQuery<{ 'QUERY PLAN': [Record<string, unknown>] }>({
    ...sql`select 1`.compile(many.store.db),
    sql: explained,
    parameters,
  });
  const [whole] = rows[0]?.['QUERY PLAN'] ?? [];
  const plan = whole?.Plan as Plan & Record<string, number>;
  const buffers = (plan['Shared Hit Blocks'] ?? 0) + (plan['Shared Read Blocks'] ?? 0);
  return { rows: visited(plan), buffers, ms: Number(whole?.['Execution Time']) };
}

function visited(plan: Plan): number {
  const own =
    plan['Actual Rows'] +
    (plan['Rows Removed by Filter'] ?? 0) +
    (plan['Rows Removed by Index Recheck'] ?? 0) +
    (plan['Rows Removed by Join Filter'] ?? 0);
  // It only collects numbers of rows.
  const weight = plan['Node Type'] === 'Bitmap Index Scan' ? 0.25 : 1;
  return weight * own * plan['Actual Loops'] + (plan.Plans ?? []).reduce((sum, child) => sum + visited(child), 0);
}
