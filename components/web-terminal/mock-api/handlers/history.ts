/** Operations and events. */
import { operationEnded } from '@zhiyun/contracts';
import type { World } from '../db.ts';
import type { Some } from '../handler.ts';
import { MockError } from '../mock-error.ts';
import { retryUndo } from '../operations.ts';
import { pageOf } from '../paging.ts';

function operationOf(world: World, id: string) {
  const operation = world.db.operations.find((each) => each.id === id);
  if (!operation) throw new MockError('not-found', `There is no operation "${id}".`);
  return operation;
}

export const historyHandlers: Some<
  'listOperations' | 'getOperation' | 'cancelOperation' | 'retryOperation' | 'listEvents'
> = {
  listOperations({ query, world: { db } }) {
    const { state, active, kind, targetKind, target } = query;
    const operations = db.operations.filter(
      (operation) =>
        (state === undefined || operation.state === state) &&
        (active === undefined || (operation.endedAt === null) === (active === 'true')) &&
        (kind === undefined || operation.kind === kind) &&
        (targetKind === undefined || operation.target.kind === targetKind) &&
        (target === undefined || operation.target.id === target || operation.target.name === target),
    );
    return pageOf(operations, query, ({ id }) => id);
  },
  getOperation: ({ params, world }) => operationOf(world, params.id),
  cancelOperation({ params, world }) {
    const operation = operationOf(world, params.id);
    if (!operation.cancellable || operationEnded(operation.state)) {
      throw new MockError('not-cancellable', 'The operation cannot be cancelled any more.');
    }
    operation.cancelRequested = true;
    return operation;
  },
  retryOperation({ params, world }) {
    const operation = operationOf(world, params.id);
    if (operation.state !== 'stuck') throw new MockError('wrong-state', 'Only a stuck operation can be tried again.');
    operation.state = 'undoing';
    retryUndo(operation);
    return operation;
  },
  listEvents({ query, world: { db } }) {
    const { kind, severity, subjectKind, subject } = query;
    const events = db.events.filter(
      (event) =>
        (kind === undefined || event.kind === kind) &&
        (severity === undefined || event.severity === severity) &&
        (subjectKind === undefined || event.subject.kind === subjectKind) &&
        (subject === undefined || event.subject.id === subject || event.subject.name === subject),
    );
    return pageOf(events, query, ({ seq }) => String(seq));
  },
};
