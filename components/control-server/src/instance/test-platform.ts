/** A Control Server's inside on a database of its own with nodes in memory, for component tests. */
import type { NodeFacts, Operation, UserId } from '@zhiyun/contracts';
import type { AnswerOf, RouteName } from '@zhiyun/contracts/rest';
import { newId, silentLogger, systemClock } from '@zhiyun/kernel';
import { createMemoryDomain } from '@zhiyun/link';
import { createTestStore, waitFor } from '@zhiyun/testkit';
import { createTransactionEngine } from '@zhiyun/transaction';
import { computePoolHandlers } from '../compute-pool/compute-pool-handlers.ts';
import { LoadBoard } from '../monitor/load-board.ts';
import type { WorkOn } from '../node/held-observations.ts';
import { nodeHandlers } from '../node/node-handlers.ts';
import { NodeSupervisor } from '../node/node-supervisor.ts';
import { TestNode } from '../node/test-node.ts';
import { createPeers } from '../peers/peers.ts';
import type { RestRequest } from '../rest/rest-handlers.ts';
import { systemHandlers } from '../system/system-handlers.ts';
import { instanceHandlers } from './instance-handlers.ts';
import { instanceTransactions } from './transactions/instance-transactions.ts';

const principal = { userId: newId<UserId>(), username: 'tester', role: 'administrator', sessionId: 's' } as const;

export type TestPlatform = Awaited<ReturnType<typeof startTestPlatform>>;

export async function startTestPlatform() {
  const ends = new AsyncDisposableStack();
  const { store, url } = ends.use(await createTestStore());
  const domain = createMemoryDomain();
  const member = domain.join({ type: 'control-server', name: 'control' });
  const board = ends.use(new LoadBoard(systemClock));
  const peers = createPeers({ member, clock: systemClock });
  const engine = createTransactionEngine({
    store,
    definitions: instanceTransactions({ store, peers, board, clock: systemClock }),
    runner: { id: 'control-1' },
    log: silentLogger,
  });
  const workOn: WorkOn = (id) => engine.workOn({ kind: 'instance', id });
  const supervisor = new NodeSupervisor({ store, member, board, workOn, clock: systemClock, log: silentLogger });
  const handlers = {
    ...instanceHandlers({ store, engine, board, peers }),
    ...nodeHandlers({ store, board }),
    ...computePoolHandlers({ store, board }),
    ...systemHandlers({ store, board, member, clock: systemClock, version: 'test' }),
  };
  ends.use(member);
  await member.start();
  await engine.start();
  ends.defer(() => engine.stop(0));
  ends.use(supervisor);
  await supervisor.start();

  /** Calls a handler as REST would, with everything that the test does not care about. */
  function call<Name extends keyof typeof handlers & RouteName>(
    name: Name,
    request: Partial<RestRequest<Name>> = {},
  ): Promise<AnswerOf<Name>> {
    const whole = {
      params: undefined,
      query: undefined,
      body: undefined,
      idempotencyKey: null,
      requestHash: '',
      clientAddress: '127.0.0.1',
      origin: 'https://localhost',
      signal: new AbortController().signal,
      setHeader: () => {},
      principal,
      ...request,
    };
    const handler = handlers[name] as unknown as (request: unknown) => Promise<AnswerOf<Name>>;
    return handler(whole);
  }

  return {
    store,
    url,
    domain,
    member,
    engine,
    board,
    supervisor,
    peers,
    call,
    /** A node that has joined and is known. */
    async addNode(name: string, facts: Partial<NodeFacts> = {}): Promise<TestNode> {
      const node = new TestNode(domain, name, { facts });
      await node.start();
      ends.defer(() => node.member[Symbol.asyncDispose]());
      await waitFor(async () => (await call('getNode', { params: { id: name } })).state === 'online', {
        describe: `${name} online`,
      });
      return node;
    },
    ended: (operation: Operation): Promise<Operation> => engine.waitFor(operation.id, 15_000),
    [Symbol.asyncDispose]: () => ends.disposeAsync(),
  };
}
