/** Taking a component out of the domain: what is refused at once, and the beginning of the operation that does it. */

import { type Component, lostAfterSeconds, type Operation, type Sentence, say } from '@zhiyun/contracts';
import type { ComponentType } from '@zhiyun/contracts/links';
import { PlatformError } from '@zhiyun/kernel';
import type { Tx } from '@zhiyun/store';
import type { BeginRequest, Engine } from '@zhiyun/transaction';
import { sql } from 'kysely';
import { nounOf } from '../reference/named.ts';
import type { SeenComponent } from './own-view.ts';
import { shownComponents } from './shown-components.ts';

/** What the domain would be left without. */
const indispensable: Partial<Record<ComponentType, Sentence>> = {
  'control-server': say('component.loss-control-server'),
  'data-server': say('component.loss-data-server'),
  'http-gateway': say('component.loss-http-gateway'),
};

/** Throws `wrong-state` when what is called lost is there, or not gone for long enough; `in-use` when the domain could not do without it. */
export async function beginRemoval(
  engine: Pick<Engine, 'begin'>,
  component: Component,
  lost: boolean,
  seen: readonly SeenComponent[],
  nowMs: number,
  asked: Pick<BeginRequest, 'createdBy' | 'idempotencyKey' | 'requestHash'>,
): Promise<Operation> {
  const { id, name } = component;
  if (lost) requireLost(component, nowMs);
  return engine.begin('component.remove', {
    ...asked,
    params: { componentId: id, lost },
    target: { kind: 'component', id, name },
    within: (tx) => requireAnother(tx, component, seen),
  });
}

function requireLost({ name, type, state, since }: Component, nowMs: number): void {
  if (state !== 'gone')
    throw new PlatformError(
      'wrong-state',
      say('component.not-lost', { type: nounOf(type), name, state: say(`component.state-${state}`) }),
    );
  const waitMs = Date.parse(since) + lostAfterSeconds * 1_000 - nowMs;
  if (waitMs <= 0) return;
  throw new PlatformError(
    'wrong-state',
    say('component.gone-too-short', { type: nounOf(type), name, leastSeconds: lostAfterSeconds }),
    { retryAfterSeconds: Math.ceil(waitMs / 1_000) },
  );
}

/** Two removals at the same moment must not each count on the other, so they take turns per type. */
async function requireAnother(tx: Tx, component: Component, seen: readonly SeenComponent[]): Promise<void> {
  const { id, name, type, state } = component;
  const loss = indispensable[type];
  if (loss === undefined || state === 'gone') return;
  await sql`select from component where type = ${type} and removed_at is null order by id for no key update`.execute(
    tx,
  );
  const { rows } = await sql`
    select from ${shownComponents(seen)} as component
    where type = ${type} and state = 'online' and id <> ${id} and not exists (
      select from operation
      where kind = 'component.remove' and target_kind = 'component' and target_id = component.id::text
        and operation.state in ('pending', 'running', 'undoing', 'stuck')
    ) limit 1`.execute(tx);
  if (rows.length === 0)
    throw new PlatformError('in-use', say('component.last-one', { type: nounOf(type), name, loss }));
}
