/**
 * Logs as one JSON object per line. Whatever is named like a secret is blanked before it is written, wherever it stands in
 * the facts; a size-capped file keeps the last two generations.
 */
import { createWriteStream, renameSync, statSync, type WriteStream } from 'node:fs';
import { type Logger, PlatformError } from '@zhiyun/kernel';
import { pino } from 'pino';

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

const maxFileBytes = 32 * 1024 * 1024;

/** Appends to a file; at 32 MiB the file becomes `<file>.1` and a new one is begun. */
class CappedFile {
  readonly #path: string;
  #stream: WriteStream;
  #size: number;

  constructor(path: string) {
    this.#path = path;
    this.#size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    this.#stream = this.#open();
  }
  #open(): WriteStream {
    const stream = createWriteStream(this.#path, { flags: 'a', mode: 0o600 });
    // A full disk must not end the platform; the words are lost, the work is not.
    stream.on('error', () => {});
    return stream;
  }
  write(line: string): void {
    this.#size += Buffer.byteLength(line);
    if (this.#size > maxFileBytes) {
      this.#stream.end();
      renameSync(this.#path, `${this.#path}.1`);
      this.#stream = this.#open();
      this.#size = Buffer.byteLength(line);
    }
    this.#stream.write(line);
  }
}

/** What we throw ourselves explains itself, its cause in a word; only what nobody has foreseen needs its stack. */
function errorFacts(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  if (!(error instanceof PlatformError) || error.code === 'internal') return pino.stdSerializers.err(error);
  const { code, message, cause } = error;
  return { code, message, ...(cause !== undefined && { cause: String(cause) }) };
}

/** To `file`, or to standard error. */
export function createLogger(options: { level: LogLevel; file?: string }): Logger {
  const destination = options.file ? new CappedFile(options.file) : process.stderr;
  const serializers = { err: errorFacts, error: errorFacts };
  return pino(
    { level: options.level, redact, serializers, timestamp: pino.stdTimeFunctions.isoTime, base: null },
    destination,
  );
}
