/**
 * Structured log: one JSON object per line. Fields named like a secret are redacted at any depth. The file is bounded,
 * and repeated lines are counted instead of written (rate limit).
 */
import { type Logger, PlatformError } from '@zhiyun/kernel';
import { type LoggerOptions, pino } from 'pino';
import { CappedFile, type CappedFileLimits } from './capped-file.ts';
import { RepeatedLines } from './repeated-lines.ts';

export const logLevels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];

const secretNames = [
  'password',
  'currentPassword',
  'newPassword',
  'token',
  'ticket',
  'authorization',
  'cookie',
  'secret',
  'privateKey',
  'key',
];
const redact = { paths: secretNames.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[secret]' };

/** At most 80 MiB in all. */
const fileLimits: CappedFileLimits = { maxBytes: 16 * 1024 * 1024, generations: 4 };

/** Our own errors are logged without a stack, their cause as text; only unexpected errors need one. */
function errorFacts(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  if (!(error instanceof PlatformError) || error.code === 'internal') return pino.stdSerializers.err(error);
  const { code, message, cause } = error;
  return { code, message, ...(cause !== undefined && { cause: String(cause) }) };
}

/** Key of the rate limit: logger, level, sentence and fault. */
function kindOf(level: number, bindings: string, [facts, message]: readonly unknown[]): string {
  const error = facts instanceof Object ? (Reflect.get(facts, 'error') ?? Reflect.get(facts, 'err')) : undefined;
  const fault = error instanceof Error ? `${Reflect.get(error, 'code') ?? error.name} ${error.message}` : String(error);
  return [level, bindings, message, fault.slice(0, 100)].join('|');
}

function countingRepeats(): NonNullable<LoggerOptions['hooks']> {
  const lines = new RepeatedLines();
  return {
    logMethod(given, method, level) {
      const bindings = String(Reflect.get(this, pino.symbols.chindingsSym));
      const [facts, message] = given as unknown as [object, string];
      const summary = (repeated: number) =>
        method.apply(this, [{ ...facts, repeated }, `${message} (${repeated} more of these)`]);
      if (lines.mayWrite(kindOf(level, bindings, given), summary)) method.apply(this, given);
    },
  };
}

/** To `file`, or to standard error. */
export function createLogger(options: { level: LogLevel; file?: string; limits?: CappedFileLimits }): Logger {
  const destination = options.file ? new CappedFile(options.file, options.limits ?? fileLimits) : process.stderr;
  const serializers = { err: errorFacts, error: errorFacts };
  const timestamp = pino.stdTimeFunctions.isoTime;
  return pino(
    { level: options.level, redact, serializers, timestamp, base: null, hooks: countingRepeats() },
    destination,
  );
}
