/**
 * The one error class that may reach a user. `detail` is for people (what, where, how to mend); the cause stays inside, for
 * the log. HTTP is only known to the REST layer.
 */
import {
  type ErrorCode,
  type Fault,
  type FieldError,
  faultSchema,
  renderSentence,
  type Sentence,
  say,
} from '@zhiyun/contracts';

interface PlatformErrorOptions {
  cause?: unknown;
  /** Of words that came from another component together with it. */
  sentence?: Sentence | undefined;
  errors?: readonly FieldError[] | undefined;
  retryAfterSeconds?: number | undefined;
}

export class PlatformError extends Error {
  readonly code: ErrorCode;
  /** Undefined where the words are a program's own (a system call's, QEMU's), which nobody translates. */
  readonly sentence: Sentence | undefined;
  readonly errors: readonly FieldError[] | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, words: Sentence | string, options: PlatformErrorOptions = {}) {
    super(englishOf(words), options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'PlatformError';
    this.code = code;
    this.sentence = typeof words === 'string' ? options.sentence : words;
    this.errors = options.errors;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  toFault(): Fault {
    const { code, message: detail, sentence, errors, retryAfterSeconds } = this;
    return {
      code,
      detail,
      ...(sentence && { sentence }),
      ...(errors && { errors: [...errors] }),
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    };
  }
}

export function errorFromFault(fault: Fault, cause?: unknown): PlatformError {
  const { code, detail, sentence, errors, retryAfterSeconds } = fault;
  return new PlatformError(code, detail, { cause, sentence, errors, retryAfterSeconds });
}

/** One wrong field of a request. */
export function fieldError(path: string, sentence: Sentence): FieldError {
  return { path, message: englishOf(sentence), sentence };
}

/** What logs, exit messages and clients without the catalogue read. */
export function englishOf(words: Sentence | string): string {
  return typeof words === 'string' ? words : (renderSentence(words, 'en') ?? words.key);
}

/**
 * The fault shown to a user for any thrown value: a PlatformError as it is, a full disk as such, everything else as
 * `internal`.
 */
export function faultOf(thrown: unknown): Fault {
  if (thrown instanceof PlatformError) return thrown.toFault();
  const parsed = faultSchema.safeParse(thrown);
  if (parsed.success && !(thrown instanceof Error)) return parsed.data;
  if (isFullDisk(thrown)) return new PlatformError('disk-full', say('disk.some-full')).toFault();
  return new PlatformError('internal', say('common.internal')).toFault();
}

/** A fallback: the code that meets a full disk should say which disk and what is short. */
function isFullDisk(thrown: unknown): boolean {
  return ['ENOSPC', 'EDQUOT'].includes(systemErrorCode(thrown) ?? '');
}

/** `error.code` of a Node.js system error (`ENOENT`, `ENOSPC`, …). */
export function systemErrorCode(thrown: unknown): string | undefined {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined;
}
