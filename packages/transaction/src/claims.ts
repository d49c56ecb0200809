/**
 * Claims: exclusive locks that an operation holds on things while it is active. The database maintains the rows
 * (triggers).
 */
import { renderSentence, type Sentence, say, type Target } from '@zhiyun/contracts';
import { PlatformError } from '@zhiyun/kernel';
import { type Store, violatedConstraint } from '@zhiyun/store';
import { sql } from 'kysely';
import type { TransactionDefinition } from './types.ts';

/** Null: its target only. */
export function claimsOf({ claims }: TransactionDefinition, params: unknown, target: Target): Target[] | null {
  return claims ? [...claims(params, target)] : null;
}

export function isClaimConflict(error: unknown): boolean {
  return violatedConstraint(error) === 'operation_active_target';
}

/** «instance web-1 is being stopped by operation …», for the first wanted thing that is claimed. */
export async function claimBusy(store: Store, wanted: readonly Target[], cause: unknown): Promise<PlatformError> {
  const given = wanted.map(({ kind, id }) => ({ kind, id }));
  const { rows } = await sql<{ kind: Target['kind']; name: string; id: string; doing: string; state: string }>`
    select claim.target_kind as kind, claim.target_name as name, operation.id, operation.kind as doing, operation.state
    from jsonb_to_recordset(${given}::jsonb) as given (kind text, id text)
    join operation_claim as claim on claim.target_kind = given.kind and claim.target_id = given.id
    join operation on operation.id = claim.operation_id
    order by claim.target_kind, claim.target_id limit 1`.execute(store.db);
  const [holder] = rows;
  const thing = holder ?? wanted[0];
  const what = { kind: say(`noun.${thing?.kind ?? 'system'}`), name: thing?.name ?? '' };
  if (!holder) return new PlatformError('target-busy', say('operation.busy-before', what), { cause });
  const sentence =
    holder.state === 'stuck'
      ? say('operation.held-by-stuck', { ...what, id: holder.id, doing: holder.doing })
      : say('operation.busy', { ...what, id: holder.id, doing: doingOf(holder.doing) });
  return new PlatformError('target-busy', sentence, { cause });
}

/** The present participle for the second half of an operation kind. */
function doingOf(kind: string): Sentence {
  const doing = { key: `doing.${kind.split('.').at(-1)}`, params: {} };
  return renderSentence(doing, 'en') === undefined ? say('doing.other') : doing;
}
