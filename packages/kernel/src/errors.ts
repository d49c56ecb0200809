/**
 * The one error class that may reach a user. `detail` is for people (what, where, how to mend); the cause stays inside, for
 * the log. HTTP is only known to the REST layer.
 */
import { type ErrorCode, type Fault, type FieldError, faultSchema } from '@zhiyun/contracts';

export class PlatformError extends Error {
  readonly code: ErrorCode;
  readonly errors: readonly FieldError[] | undefined;

  constructor(code: ErrorCode, detail: string, options: { cause?: unknown; errors?: readonly FieldError[] } = {}) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'PlatformError';
    this.code = code;
    this.errors = options.errors;
  }

  toFault(): Fault {
    return { code: this.code, detail: this.message, ...(this.errors ? { errors: [...this.errors] } : {}) };
  }
}

export function errorFromFault(fault: Fault, cause?: unknown): PlatformError {
  return new PlatformError(fault.code, fault.detail, { cause, ...(fault.errors ? { errors: fault.errors } : {}) });
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
