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
import { endedConsoles } from './console/console-rights.ts';
import { redeemTicket } from './console/console-tickets.ts';
import { EventStreams } from './event/event-stream.ts';
import { ensureAdmin } from './identity/ensure-admin.ts';
import { Sessions } from './identity/sessions.ts';
import { authorizeUpload, finishUpload } from './image/uploads.ts';
import { backgroundTasksOfAll, handlersOfAll, type ModuleDeps, transactionsOfAll } from './modules.ts';
import { LoadBoard } from './monitor/load-board.ts';
import type { WorkOn } from './node/held-observations.ts';
import { anotherThatHears } from './node/node-hearing.ts';
import { NodeSupervisor } from './node/node-supervisor.ts';
import { createPeers } from './peers/peers.ts';
import { admitRequest } from './rest/admit-request.ts';
import { buildRestApp } from './rest/rest-app.ts';

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
  const sessions = new Sessions(store, clock, member.domain.id);
  const authenticate = sessions.authenticate.bind(sessions);
  const deps: ModuleDeps = { store, member, peers, board, sessions, clock, log, version };
  const definitions = transactionsOfAll(deps);
  const engine = createTransactionEngine({ store, clock, log, runner: { id: member.id }, definitions });
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
  const tasks = backgroundTasksOfAll({ ...deps, engine });
  const backgroundTasks = new BackgroundTasks(tasks, { store, clock, log, holder: member.id });
  const handlers = handlersOfAll({ ...deps, engine });
  const rest = await buildRestApp({ version, authenticate, eventStreams, log, handlers });

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
