/**
 * The one error class that may reach a user. `detail` is for people (what, where, how to mend); the cause stays inside, for
 * the log. HTTP is only known to the REST layer.
 */
import { type ErrorCode, type Fault, type FieldError, faultSchema } from '@zhiyun/contracts';

interface PlatformErrorOptions {
  cause?: unknown;
  errors?: readonly FieldError[] | undefined;
  retryAfterSeconds?: number | undefined;
}

export class PlatformError extends Error {
  readonly code: ErrorCode;
  readonly errors: readonly FieldError[] | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, detail: string, options: PlatformErrorOptions = {}) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'PlatformError';
    this.code = code;
    this.errors = options.errors;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  toFault(): Fault {
    const { code, message: detail, errors, retryAfterSeconds } = this;
    return {
      code,
      detail,
      ...(errors && { errors: [...errors] }),
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    };
  }
}

export function errorFromFault(fault: Fault, cause?: unknown): PlatformError {
  const { code, detail, errors, retryAfterSeconds } = fault;
  return new PlatformError(code, detail, { cause, errors, retryAfterSeconds });
}

/** What a user may be told of any thrown thing: a PlatformError as it is, everything else as `internal`. */
export function faultOf(thrown: unknown): Fault {
  if (thrown instanceof PlatformError) return thrown.toFault();
  const parsed = faultSchema.safeParse(thrown);
  if (parsed.success && !(thrown instanceof Error)) return parsed.data;
  return { code: 'internal', detail: 'Something went wrong inside the platform; the log of the component says more.' };
}

/** `error.code` of a Node.js system error (`ENOENT`, `ENOSPC`, …). */
export function systemErrorCode(thrown: unknown): string | undefined {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined;
}

export function assertNever(value: never): never {
  throw new Error(`Unexpected value: ${JSON.stringify(value)}`);
}
