/** Classifies and translates errors of the driver. */
import { say } from '@zhiyun/contracts';
import { changeUnknown } from '@zhiyun/contracts/rest';
import { PlatformError, systemErrorCode } from '@zhiyun/kernel';

const lostConnectionCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
  'ENOTFOUND',
  'EACCES',
]);
/** Errors without a code from the driver. */
const lostConnectionMessages =
  /Connection terminated|not queryable|timeout exceeded when trying to connect|Client was closed|timeout expired/;
const readOnlyTransaction = '25006';
const tooManyConnections = '53300';
const diskFull = '53100';

/**
 * The connection was lost, or its server is no longer the primary. Uncommitted work is rolled back; a statement of
 * `store.db` may have been committed.
 */
export class DatabaseLost extends PlatformError {
  constructor(detail: string, cause?: unknown) {
    super('database-unavailable', detail, { cause });
    this.name = 'DatabaseLost';
  }
}

/** The answer to a COMMIT (or an auto-committed statement) was lost: look up what it wrote before retrying. */
export class CommitUnknown extends PlatformError {
  constructor(cause: Error) {
    super('database-unavailable', `${cause.message} ${changeUnknown}`, { cause });
    this.name = 'CommitUnknown';
  }
}

/** The server refused to write: nothing was kept. */
export function wasRefused({ cause }: DatabaseLost): boolean {
  return sqlState(cause) === readOnlyTransaction;
}

/** Log level of a failure: the store has already logged a lost database, once. */
export function failureLevel(thrown: unknown): 'debug' | 'warn' {
  return thrown instanceof DatabaseLost || thrown instanceof CommitUnknown ? 'debug' : 'warn';
}

/** SQLSTATE of a PostgreSQL error (`23505`, `40001`, …). */
export function sqlState(thrown: unknown): string | undefined {
  const code = systemErrorCode(thrown);
  // EPIPE looks like one.
  return code !== undefined && /^[0-9A-Z]{5}$/.test(code) && !lostConnectionCodes.has(code) ? code : undefined;
}

/** Name of the constraint or unique index that a statement has violated. */
export function violatedConstraint(thrown: unknown): string | undefined {
  return sqlState(thrown)?.startsWith('23') && thrown instanceof Error && 'constraint' in thrown
    ? String(thrown.constraint)
    : undefined;
}

/** Serialization failure, deadlock or a stale plan: the same transaction may simply be run again. */
export function worthRepeating(thrown: unknown): boolean {
  const state = sqlState(thrown);
  return state === '40001' || state === '40P01' || planIsStale(thrown);
}

/** The tables of a prepared statement changed after this connection prepared it. */
export function planIsStale(thrown: unknown): boolean {
  return sqlState(thrown) === '0A000' && thrown instanceof Error && thrown.message.startsWith('cached plan');
}

/** Too many connections: the server is alive, no failover needed. */
export function isFull(thrown: unknown): boolean {
  return sqlState(thrown) === tooManyConnections;
}

function connectionLost(error: Error): boolean {
  const state = sqlState(error);
  // Class 08: connection exception; 57P: shutting down or not ready; read-only: it was the primary and is so no more.
  if (state !== undefined)
    return state.startsWith('08') || state.startsWith('57P') || state === readOnlyTransaction || isFull(error);
  return lostConnectionCodes.has(systemErrorCode(error) ?? '') || lostConnectionMessages.test(error.message);
}

/** The server's disk is full: it answers and still reads. */
function isDiskFull(error: Error): boolean {
  return sqlState(error) === diskFull || /no space left on device|disk quota exceeded/i.test(error.message);
}

/** A lost connection becomes `DatabaseLost`, a full disk `disk-full`; anything else stays as it is. */
export function translateDatabaseError(thrown: unknown, database: string): unknown {
  if (!(thrown instanceof Error) || thrown instanceof PlatformError) return thrown;
  if (isDiskFull(thrown)) return new PlatformError('disk-full', say('disk.database-full'), { cause: thrown });
  if (!connectionLost(thrown)) return thrown;
  return new DatabaseLost(`The database ${database} cannot be reached: ${reasonOf(thrown)}.`, thrown);
}

/** Flattens an AggregateError, which has no message of its own when several addresses of one name fail. */
export function reasonOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const reason = thrown.message || systemErrorCode(thrown) || thrown.name;
  return reason.replace(/\.$/, '');
}
