/**
 * Operations that another release has begun. An older one's are brought up to date when they are taken over, and written down so
 * before anything else is done; a newer one's are left to a runner that knows them.
 */
import { say } from '@zhiyun/contracts';
import { PlatformError, type Versioned, versioned } from '@zhiyun/kernel';
import type { Store } from '@zhiyun/store';
import { type Claim, ClaimLost } from './journal.ts';
import { type JournalState, realigned } from './journal-state.ts';
import { journalOf, type OperationRow } from './operation-row.ts';
import type { Begun, TransactionDefinition } from './types.ts';

/** What the journal keeps for the actions, in the version of its kind. */
export function begunShape({ kind, params, upgrades = [] }: TransactionDefinition): Versioned<Begun> {
  const schema = {
    parse(value: unknown): Begun {
      const { params: given, memory } = value as Begun;
      return { params: params.parse(given), memory };
    },
  };
  return versioned({ what: say('version.operation', { kind }), schema, upgrades });
}

export interface KnownKind {
  readonly kind: string;
  readonly version: number;
}

export function knownKind(definition: TransactionDefinition): KnownKind {
  return { kind: definition.kind, version: begunShape(definition).version };
}

/** Throws `internal` naming what does not fit. */
export function upToDate(row: OperationRow, definition: TransactionDefinition): OperationRow {
  try {
    const shape = begunShape(definition);
    const { params, memory } = shape.parseAs(row.version, { params: row.params, memory: row.memory });
    const journal: JournalState = realigned(
      { ...journalOf(row), memory },
      definition.actions.map(({ name }) => name),
    );
    const { cursor, steps } = journal;
    return { ...row, version: shape.version, params, memory: { ...memory }, cursor, steps: [...steps] };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new PlatformError('internal', say('version.unreadable-operation', { why }), { cause });
  }
}

/** More than defaults: it must be written down. */
export function isChanged(before: OperationRow, after: OperationRow): boolean {
  const names = ({ steps }: OperationRow) => steps.map(({ name }) => name).join();
  return before.version !== after.version || names(before) !== names(after);
}

/** Before anything else is done with it: from then on only runners that know the version take it over. Throws `ClaimLost`. */
export async function writeUpToDate(store: Store, row: OperationRow, claim: Claim): Promise<void> {
  const { version, params, memory, steps, cursor } = row;
  const written = await store.db
    .updateTable('operation')
    .set({ version, params: JSON.stringify(params), memory, steps, cursor })
    .where('id', '=', row.id)
    .where('runner', '=', claim.runner)
    .where('epoch', '=', claim.epoch)
    .executeTakeFirst();
  if (written.numUpdatedRows === 0n) throw new ClaimLost();
}

export function unknownOperation({ id, kind }: Pick<OperationRow, 'id' | 'kind'>): PlatformError {
  return new PlatformError('newer-version', say('version.unknown-operation', { id, kind }));
}
