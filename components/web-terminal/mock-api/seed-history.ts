/** Operations and events of the last hours, so that no list of the mock starts empty. */
import type { Event, Operation, OperationId, OperationKind, OperationState } from '@zhiyun/contracts';
import { actorOf, type Db, imageTarget, instanceTarget } from './db.ts';

const stepNames: Partial<Record<OperationKind, readonly string[]>> = {
  'instance.create': ['prepare', 'start', 'settle'],
  'instance.start': ['start', 'settle'],
  'instance.stop': ['shut-down', 'settle'],
  'image.check': ['check', 'take-in'],
};

const at = (minutesAgo: number) => new Date(Date.now() - minutesAgo * 60_000).toISOString();

export function seedHistory(db: Db, idOf: (number: number) => OperationId): void {
  const admin = db.users[0];
  const image = db.images[5];
  if (!admin || !image) return;
  const past = (
    number: number,
    kind: OperationKind,
    target: Operation['target'],
    state: OperationState = 'succeeded',
  ): Operation => {
    const begun = number * 11 + 2;
    const failed = state === 'failed';
    const names = stepNames[kind] ?? [];
    return {
      id: idOf(number),
      kind,
      state,
      progress: failed ? 0.6 : 1,
      steps: names.map((name, index) => ({
        name,
        state: failed ? (index === names.length - 1 ? 'failed' : 'undone') : 'done',
        progress: 1,
        startedAt: at(begun - index * 0.03),
        endedAt: at(begun - index * 0.03 - 0.03),
        error: null,
      })),
      target,
      error: failed
        ? { code: 'launch-failed', detail: 'QEMU did not start on node-2: Could not set up host forwarding rule.' }
        : null,
      cancellable: false,
      cancelRequested: false,
      createdBy: number % 5 === 0 ? null : actorOf(admin),
      createdAt: at(begun),
      endedAt: at(begun - names.length * 0.03),
    };
  };
  const [first, second, third, fourth] = db.instances;
  if (first && second && third && fourth) {
    db.operations.push(
      past(1, 'instance.start', instanceTarget(first)),
      past(2, 'instance.create', instanceTarget(second)),
      past(3, 'instance.start', instanceTarget(fourth), 'failed'),
      past(4, 'instance.stop', instanceTarget(third)),
    );
  }
  db.operations.push(past(5, 'image.check', imageTarget(image), 'failed'));
  for (const [index, instance] of db.instances.slice(7, 70).entries()) {
    db.operations.push(
      past(6 + index, index % 3 === 0 ? 'instance.create' : 'instance.start', instanceTarget(instance)),
    );
  }

  let seq = db.operations.length * 2;
  for (const operation of db.operations) {
    const event = (kind: string, draft: Partial<Event>): Event => ({
      seq: seq--,
      at: operation.endedAt ?? operation.createdAt,
      kind,
      severity: 'info',
      subject: operation.target,
      data: { kind: operation.kind },
      actor: operation.createdBy,
      operation: operation.id,
      ...draft,
    });
    db.events.push(
      event(`operation.${operation.state}`, operation.state === 'failed' ? { severity: 'error' } : {}),
      operation.target.kind === 'instance'
        ? event('instance.state-changed', { data: { from: 'starting', to: 'running' } })
        : event('operation.started', {}),
    );
  }
}
