import { type ErrorCode, type FieldError, type Problem, problemOf } from '@zhiyun/contracts';

/** Thrown by handlers; becomes problem+json. */
export class MockError extends Error {
  readonly problem: Problem;
  constructor(code: ErrorCode, detail: string, errors?: FieldError[]) {
    super(detail);
    this.problem = problemOf({ code, detail, ...(errors ? { errors } : {}) });
  }
}
