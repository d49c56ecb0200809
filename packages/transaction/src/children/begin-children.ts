/**
 * Begins children in batches, one commit each. When a batch fails, bisection isolates the culprit, which is kept as a
 * failed child so that it is reported and can be retried.
 */
import type { Fault, OperationId } from '@zhiyun/contracts';
import { faultOf, PlatformError } from '@zhiyun/kernel';
import type { Tx } from '@zhiyun/store';
import { type Admissions, type Beginning, beginAll, initialJournal } from '../begin-operation.ts';
import { isClaimConflict } from '../claims.ts';
import { type Claim, ClaimLost, type Journal } from '../journal.ts';
import type { OperationRow } from '../operation-row.ts';

export interface ChildBeginningDeps {
  journal: Journal;
  admissions: Admissions;
  claim: Claim;
  /** Called after each commit, since a later one may fail: these are to be run. */
  begun(rows: readonly OperationRow[]): void;
  /** The outcome of their commit is unknown: those that exist after all are to be run, too. */
  dropped(ids: readonly OperationId[]): void;
}

/** Throws `ClaimLost` when another runner has the parent by now, `database-unavailable`. */
export async function beginChildren(
  deps: ChildBeginningDeps,
  parent: OperationRow,
  beginnings: readonly Beginning[],
): Promise<void> {
  const refused: Beginning[] = [];
  for (const group of groupsOf(beginnings)) {
    if (group[0]?.refused) refused.push(...group);
    else await beginOrHalve(deps, parent, group, refused);
  }
  if (refused.length > 0) await commit(deps, parent, refused);
}

/** Batches: members whose rows the same function writes; members without rows; refused ones. */
function groupsOf(beginnings: readonly Beginning[]): Beginning[][] {
  const work = ({ refused, request }: Beginning) => (refused ? 'refused' : request.group?.work);
  return [...Map.groupBy(beginnings, work).values()];
}

async function beginOrHalve(
  deps: ChildBeginningDeps,
  parent: OperationRow,
  group: readonly Beginning[],
  refused: Beginning[],
): Promise<void> {
  try {
    deps.begun(await commit(deps, parent, group));
  } catch (error) {
    if (isDatabaseAway(error)) deps.dropped(group.map(({ id }) => id));
    if (error instanceof ClaimLost || isDatabaseAway(error)) throw error;
    const [first] = group;
    if (group.length > 1) {
      const half = group.length >> 1;
      await beginOrHalve(deps, parent, group.slice(0, half), refused);
      await beginOrHalve(deps, parent, group.slice(half), refused);
    } else if (first) refused.push({ ...first, refused: await reasonOf(deps, first, error) });
  }
}

async function reasonOf({ admissions }: ChildBeginningDeps, beginning: Beginning, error: unknown): Promise<Fault> {
  return faultOf(isClaimConflict(error) ? await admissions.busy(beginning, error) : error);
}

async function commit(
  { journal, claim }: ChildBeginningDeps,
  parent: OperationRow,
  group: readonly Beginning[],
): Promise<OperationRow[]> {
  const entries = group.map((beginning) => ({ operationId: beginning.id, journal: initialJournal(beginning) }));
  return journal.commitAll(entries, async (tx) => {
    await requireParent(tx, parent, claim);
    return (await beginAll(tx, group)).map(({ row }) => row);
  });
}

/** Fencing: a runner that lost the parent unknowingly begins nothing. */
async function requireParent(tx: Tx, { id }: OperationRow, { runner, epoch }: Claim): Promise<void> {
  const ours = await tx
    .selectFrom('operation')
    .select('id')
    .where('id', '=', id)
    .where('runner', '=', runner)
    .where('epoch', '=', epoch)
    .where('state', '=', 'running')
    .forShare()
    .executeTakeFirst();
  if (!ours) throw new ClaimLost();
}

export function isDatabaseAway(error: unknown): boolean {
  return error instanceof PlatformError && error.code === 'database-unavailable';
}
