/** What a running machine is beside its state, and what of a change of it is an event. Pure. */
import type { InstanceReport } from '@zhiyun/contracts/links';
import type { Database, NewEvent } from '@zhiyun/store';
import type { Selectable } from 'kysely';

type InstanceRow = Selectable<Database['instance']>;
export type Run = NonNullable<InstanceRow['run']>;

/** Null: it does not run, or its node is too old to say. */
export function runOf({ state, condition, epoch, startedBy }: InstanceReport): Run | null {
  if (state !== 'running') return null;
  return { condition: condition ?? null, epoch: epoch ?? null, startedBy: startedBy ?? null };
}

export function sameRun(one: Run | null, other: Run | null): boolean {
  return (
    one?.epoch === other?.epoch &&
    one?.startedBy === other?.startedBy &&
    one?.condition?.kind === other?.condition?.kind &&
    one?.condition?.since === other?.condition?.since
  );
}

/** A condition begins or ends; a node has started the machine by itself. A machine that ends takes its condition with it. */
export function runEvents(
  { id, name, run: from }: Pick<InstanceRow, 'id' | 'name' | 'run'>,
  to: Run | null,
): NewEvent[] {
  if (!to) return [];
  const subject = { kind: 'instance', id, name } as const;
  const events: NewEvent[] = [];
  if (to.startedBy === 'node' && to.epoch !== from?.epoch)
    events.push({ kind: 'instance.restarted', severity: 'info', subject, data: {} });
  const sameMachine = from?.epoch === to.epoch;
  const [before, after] = [sameMachine ? (from?.condition ?? null) : null, to.condition];
  if (before && before.kind !== after?.kind)
    events.push({ kind: 'instance.condition-ended', severity: 'info', subject, data: { ...before } });
  if (after && before?.kind !== after.kind)
    events.push({ kind: 'instance.condition-began', severity: 'warning', subject, data: { ...after } });
  return events;
}
