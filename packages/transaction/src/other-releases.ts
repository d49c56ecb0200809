/**
 * Operations begun by another release. Older ones are upgraded at takeover, and the upgrade is written before anything
 * else; newer ones are left to a runner that knows them.
 */
import { say } from '@zhiyun/contracts';
import { PlatformError, type Versioned, versioned } from '@zhiyun/kernel';
import type { Store } from '@zhiyun/store';
import { type Claim, ClaimLost } from './journal.ts';
import { type JournalState, realigned } from './journal-state.ts';
import { journalOf, type OperationRow } from './operation-row.ts';
import type { Begun, TransactionDefinition } from './types.ts';

/** Versioned shape of parameters and memory. */
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

/** Upgrades a row. Throws `internal` naming what does not fit. */
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

/** Whether the upgrade changed more than defaults, and must be written. */
export function isChanged(before: OperationRow, after: OperationRow): boolean {
  const names = ({ steps }: OperationRow) => steps.map(({ name }) => name).join();
  return before.version !== after.version || names(before) !== names(after);
}

/** Writes the upgrade first: from then on only runners that know the version take it over. Throws `ClaimLost`. */
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
