/**
 * The Control Server (主控节点): the one writer of truth. Any number of them share the database; nothing is kept by one
 * alone but the load board, which every node fills on each of them.
 */
import { controlServerLink } from '@zhiyun/contracts/links';
import { apiPrefix } from '@zhiyun/contracts/rest';
import { type Clock, Disposables, type Logger } from '@zhiyun/kernel';
import type { Member } from '@zhiyun/link';
import type { Component } from '@zhiyun/service';
import { followEvents, knownEvents, newestEvent, type Store } from '@zhiyun/store';
import { createTransactionEngine } from '@zhiyun/transaction';
import { sql } from 'kysely';
import { BackgroundTasks } from './background/background-tasks.ts';
import { expireAccess } from './background/expire-access.ts';
import { pruneHistory } from './background/prune-history.ts';
import { retryStuck } from './background/retry-stuck.ts';
import { sweepImages } from './background/sweep-images.ts';
import { watchUploads } from './background/watch-uploads.ts';
import { componentHandlers } from './component/component-handlers.ts';
import { componentTransactions } from './component/transactions/component-transactions.ts';
import { computePoolHandlers } from './compute-pool/compute-pool-handlers.ts';
import { endedConsoles } from './console/console-rights.ts';
import { consoleHandlers, redeemTicket } from './console/console-tickets.ts';
import { eventHandlers } from './event/event-handlers.ts';
import { EventStreams } from './event/event-stream.ts';
import { ensureAdmin } from './identity/ensure-admin.ts';
import { identityHandlers } from './identity/identity-handlers.ts';
import { Sessions } from './identity/sessions.ts';
import { forgetImageOn } from './image/forget-copies.ts';
import { imageHandlers } from './image/image-handlers.ts';
import { imageTransactions } from './image/transactions/image-transactions.ts';
import { authorizeUpload, finishUpload } from './image/uploads.ts';
import { instanceHandlers } from './instance/instance-handlers.ts';
import { instanceTransactions } from './instance/transactions/instance-transactions.ts';
import { joinTokenHandlers } from './join-token/join-token-handlers.ts';
import { LoadBoard } from './monitor/load-board.ts';
import type { WorkOn } from './node/held-observations.ts';
import { nodeHandlers } from './node/node-handlers.ts';
import { anotherThatHears } from './node/node-hearing.ts';
import { NodeSupervisor } from './node/node-supervisor.ts';
import { operationHandlers } from './operation/operation-handlers.ts';
import { createPeers } from './peers/peers.ts';
import { admitRequest } from './rest/admit-request.ts';
import { buildRestApp } from './rest/rest-app.ts';
import { systemHandlers } from './system/system-handlers.ts';

export interface ControlServerOptions {
  /** Open and migrated. */
  store: Store;
  /** Of type control-server; started and disposed of by this component. */
  member: Member;
  /** Where the password of a domain's first user is written, readable by its owner only. */
  passwordFile: string;
  clock: Clock;
  log: Logger;
  /** Of the platform's software. */
  version: string;
}

export interface ControlServer extends Component {
  /** The user a new domain starts with; `created`: this start made it and wrote its password. Once started. */
  readonly firstUser: { username: string; created: boolean } | undefined;
  readonly backgroundTasks: Pick<BackgroundTasks, 'status' | 'signal'>;
}

export async function createControlServer(options: ControlServerOptions): Promise<ControlServer> {
  const { store, member, clock, log, version } = options;
  const peers = createPeers({ member, clock, heardBy: (id) => anotherThatHears(store, id, member.id) });
  const board = new LoadBoard(clock);
  const forgetOnNodes = forgetImageOn(member, log);
  const engine = createTransactionEngine({
    store,
    clock,
    log,
    runner: { id: member.id },
    definitions: [
      ...instanceTransactions({ store, peers }),
      ...imageTransactions({ store, peers, forgetOnNodes }),
      ...componentTransactions({ store, peers, member, clock }),
    ],
  });
  const sessions = new Sessions(store, clock, member.domain.id);
  const authenticate = sessions.authenticate.bind(sessions);
  const workOn: WorkOn = (id) => engine.workOn({ kind: 'instance', id });
  const supervisor = new NodeSupervisor({ store, member, board, workOn, clock, log });
  const eventStreams = new EventStreams(
    {
      follow: (after, signal) => followEvents(store, after, signal),
      newest: () => newestEvent(store),
      known: () => knownEvents(store),
    },
    clock,
  );
  const backgroundTasks = new BackgroundTasks(
    [
      expireAccess({ store, clock }),
      watchUploads({ store, peers, engine, clock }),
      retryStuck({ store, engine }),
      sweepImages({ store, member }),
      pruneHistory({ store, clock }),
    ],
    { store, clock, log, holder: member.id },
  );
  const rest = await buildRestApp({
    version,
    authenticate,
    eventStreams,
    log,
    handlers: {
      ...identityHandlers({ store, sessions, clock }),
      ...systemHandlers({ store, board, member, clock, version }),
      ...componentHandlers({ store, engine, member, clock }),
      ...joinTokenHandlers({ store, member }),
      ...computePoolHandlers({ store, board }),
      ...nodeHandlers({ store, board }),
      ...instanceHandlers({ store, engine, board, peers }),
      ...consoleHandlers({ store, clock }),
      ...imageHandlers({ store, peers, member, engine, clock }),
      ...operationHandlers(engine),
      ...eventHandlers(store),
    },
  });

  member.mount(apiPrefix, ['http-gateway'], rest.handler);
  member.serve(controlServerLink, {
    redeemTicket: (params) => redeemTicket({ store, clock }, params),
    async admitRequest(params) {
      await admitRequest(params, authenticate);
      return {};
    },
    async ready() {
      await sql`select 1`.execute(store.db);
      return {};
    },
    endedConsoles: ({ sessionIds }) => endedConsoles(sessions, sessionIds),
    authorizeUpload: (params) => authorizeUpload({ store, authenticate }, params),
    async uploadFinished({ imageId }) {
      await finishUpload({ store, engine }, imageId);
      return {};
    },
  });

  const running = new Disposables();
  running.use(board);
  running.use(member);
  let firstUser: ControlServer['firstUser'];
  return {
    get firstUser() {
      return firstUser;
    },
    backgroundTasks,
    async start() {
      await member.start();
      firstUser = await ensureAdmin({ store, clock, passwordFile: options.passwordFile });
      running.add(() => engine.stop());
      await engine.start();
      running.use(supervisor);
      await supervisor.start();
      running.add(() => backgroundTasks.stop());
      backgroundTasks.start();
      running.use(rest);
      running.use(eventStreams);
    },
    stop: () => running[Symbol.asyncDispose](),
  };
}
