/** The one list of what the Control Server is made of. Each folder gives what it has: handlers of routes, transactions, background tasks. */
import type { Clock, Logger } from '@zhiyun/kernel';
import type { Member } from '@zhiyun/link';
import type { Store } from '@zhiyun/store';
import type { AnyTransactionDefinition, Engine } from '@zhiyun/transaction';
import type { BackgroundTask } from './background/background-tasks.ts';
import { componentModule } from './component/module.ts';
import { computePoolModule } from './compute-pool/module.ts';
import { consoleModule } from './console/module.ts';
import { eventModule } from './event/module.ts';
import { identityModule } from './identity/module.ts';
import type { Sessions } from './identity/sessions.ts';
import { imageModule } from './image/module.ts';
import { instanceModule } from './instance/module.ts';
import { joinTokenModule } from './join-token/module.ts';
import type { LoadBoard } from './monitor/load-board.ts';
import { nodeModule } from './node/module.ts';
import { operationModule } from './operation/module.ts';
import type { Peers } from './peers/peers.ts';
import type { RestHandlers } from './rest/rest-handlers.ts';
import { sshKeyModule } from './ssh-key/module.ts';
import { systemModule } from './system/module.ts';

const modules = [
  identityModule,
  systemModule,
  componentModule,
  joinTokenModule,
  computePoolModule,
  nodeModule,
  instanceModule,
  consoleModule,
  imageModule,
  sshKeyModule,
  operationModule,
  eventModule,
] as const;

/** What a module may ask for; each names in its parameters what it needs of it. */
export interface ModuleDeps {
  readonly store: Store;
  readonly member: Member;
  readonly peers: Peers;
  readonly board: LoadBoard;
  readonly sessions: Sessions;
  readonly clock: Clock;
  readonly log: Logger;
  /** Of the platform's software. */
  readonly version: string;
}
/** Handlers and background tasks begin operations; transactions are what the engine is made of. */
type WithEngine = ModuleDeps & { readonly engine: Engine };

type Together<Union> = (Union extends unknown ? (one: Union) => void : never) extends (all: infer All) => void
  ? All
  : never;
type Handlers = Together<ReturnType<(typeof modules)[number]['handlers']>>;

/** A route without a handler does not compile. */
export function handlersOfAll(deps: WithEngine): RestHandlers {
  return Object.assign({}, ...modules.map(({ handlers }) => handlers(deps))) as Handlers;
}

export function transactionsOfAll(deps: ModuleDeps): AnyTransactionDefinition[] {
  return modules.flatMap((module) => ('transactions' in module ? module.transactions(deps) : []));
}

export function backgroundTasksOfAll(deps: WithEngine): BackgroundTask[] {
  return modules.flatMap((module) => ('backgroundTasks' in module ? module.backgroundTasks(deps) : []));
}
