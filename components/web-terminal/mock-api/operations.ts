/** Operations of the mock: named steps by the clock, undone backwards when one fails or when somebody cancels. */
import {
  type Fault,
  type Operation,
  type OperationId,
  type OperationKind,
  operationIdSchema,
  type Target,
} from '@zhiyun/contracts';
import { actorOf, type MockUser, type World } from './db.ts';

export interface MockStep {
  name: string;
  /** How many paces it takes. Default 1. */
  paces?: number;
  run?: () => void;
  undo?: () => void;
  fails?: Fault;
  /** An undo that fails once: the operation gets stuck. */
  undoFails?: boolean;
}

export interface MockOperation {
  world: World;
  user: MockUser;
  pace: number;
  kind: OperationKind;
  target: Target;
  cancellable?: boolean;
  steps: MockStep[];
  ended?: (succeeded: boolean) => void;
}

const retries = new WeakMap<Operation, () => void>();
const ticksPerStep = 4;
const sleep = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));
const now = () => new Date().toISOString();

export function newOperationId(): OperationId {
  return operationIdSchema.parse(crypto.randomUUID());
}

export function startOperation(draft: MockOperation): Operation {
  const operation: Operation = {
    id: newOperationId(),
    kind: draft.kind,
    state: 'running',
    progress: 0,
    steps: draft.steps.map(({ name }) => ({
      name,
      state: 'waiting',
      progress: null,
      startedAt: null,
      endedAt: null,
      error: null,
    })),
    target: draft.target,
    error: null,
    cancellable: draft.cancellable ?? false,
    cancelRequested: false,
    createdBy: actorOf(draft.user),
    createdAt: now(),
    endedAt: null,
  };
  draft.world.db.operations.unshift(operation);
  tell(draft, operation, 'started');
  void run(draft, operation);
  return { ...operation };
}

export function retryUndo(operation: Operation): void {
  retries.get(operation)?.();
}

function tell(
  draft: MockOperation,
  operation: Operation,
  what: string,
  severity: 'info' | 'warning' | 'error' = 'info',
): void {
  draft.world.tell({
    kind: `operation.${what}`,
    severity,
    subject: operation.target,
    data: { kind: operation.kind },
    actor: operation.createdBy,
    operation: operation.id,
  });
}

async function run(draft: MockOperation, operation: Operation): Promise<void> {
  await draft.world.mayGoOn();
  for (const [index, step] of draft.steps.entries()) {
    const shown = operation.steps[index];
    if (!shown) return;
    shown.state = 'running';
    shown.startedAt = now();
    for (let tick = 1; tick <= ticksPerStep; tick++) {
      await sleep((draft.pace * (step.paces ?? 1)) / ticksPerStep);
      if (operation.cancelRequested) break;
      shown.progress = tick / ticksPerStep;
      operation.progress = (index + tick / ticksPerStep) / draft.steps.length;
    }
    shown.endedAt = now();
    const fault: Fault | undefined = operation.cancelRequested
      ? { code: 'cancelled', detail: 'It was cancelled and undone.' }
      : step.fails;
    if (fault) {
      shown.state = 'failed';
      shown.error = operation.cancelRequested ? null : fault;
      operation.error = fault;
      return undo(draft, operation, index);
    }
    step.run?.();
    shown.state = 'done';
  }
  end(draft, operation, 'succeeded');
}

async function undo(draft: MockOperation, operation: Operation, from: number): Promise<void> {
  operation.state = 'undoing';
  operation.cancellable = false;
  for (let index = from; index >= 0; index--) {
    const step = draft.steps[index];
    const shown = operation.steps[index];
    if (!step || !shown || shown.state === 'undone') continue;
    await sleep(draft.pace / 2);
    if (step.undoFails) {
      shown.state = 'undo-failed';
      shown.error = {
        code: 'node-unreachable',
        detail: 'The node "node-3" cannot be reached; bring it back, then retry.',
      };
      operation.state = 'stuck';
      tell(draft, operation, 'stuck', 'error');
      retries.set(operation, () => {
        step.undoFails = false;
        void undo(draft, operation, index);
      });
      return;
    }
    step.undo?.();
    if (shown.state !== 'failed') shown.state = 'undone';
  }
  end(draft, operation, operation.cancelRequested ? 'cancelled' : 'failed');
}

function end(draft: MockOperation, operation: Operation, state: 'succeeded' | 'failed' | 'cancelled'): void {
  operation.state = state;
  operation.endedAt = now();
  operation.cancellable = false;
  if (state === 'succeeded') operation.progress = 1;
  draft.ended?.(state === 'succeeded');
  tell(draft, operation, state, state === 'failed' ? 'error' : 'info');
}
