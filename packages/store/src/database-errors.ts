/** What the driver throws, in our words. */
import { PlatformError, systemErrorCode } from '@zhiyun/kernel';

const lostConnectionCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'EAI_AGAIN',
  'ENOTFOUND',
  'EACCES',
]);
/** The driver gives these no code. */
const lostConnectionMessages =
  /Connection terminated|not queryable|timeout exceeded when trying to connect|Client was closed|timeout expired/;

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

/** The tables of a named statement have changed since this connection has first sent it. */
export function planIsStale(thrown: unknown): boolean {
  return sqlState(thrown) === '0A000' && thrown instanceof Error && thrown.message.startsWith('cached plan');
}

function connectionLost(error: Error): boolean {
  const state = sqlState(error);
  // Class 08: connection exception; 57P: shutting down or not ready; 53300: no connection left.
  if (state !== undefined) return state.startsWith('08') || state.startsWith('57P') || state === '53300';
  return lostConnectionCodes.has(systemErrorCode(error) ?? '') || lostConnectionMessages.test(error.message);
}

/** A lost connection becomes `database-unavailable`; anything else stays as it is. */
export function translateDatabaseError(thrown: unknown, database: string): unknown {
  if (!(thrown instanceof Error) || thrown instanceof PlatformError || !connectionLost(thrown)) return thrown;
  return new PlatformError('database-unavailable', `The database ${database} cannot be reached: ${thrown.message}.`, {
    cause: thrown,
  });
}
