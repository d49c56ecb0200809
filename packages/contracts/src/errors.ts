/**
 * Every error a user or program can meet has a code here. A code never changes its meaning and is never reused.
 * `status` is the HTTP status the gateway answers with; `title` is the short English name of the problem (RFC 9457).
 */
import { z } from 'zod';
import { operationIdSchema } from './ids.ts';
import { sentenceSchema } from './sentences/sentence.ts';

export const errorCodes = {
  'invalid-request': { status: 400, title: 'The request is not valid' },
  'malformed-json': { status: 400, title: 'The body is not valid JSON' },
  'not-authenticated': { status: 401, title: 'Not signed in' },
  'wrong-credentials': { status: 401, title: 'Wrong username or password' },
  forbidden: { status: 403, title: 'Not allowed for your role' },
  'password-change-required': { status: 403, title: 'Set a password of your own first' },
  'cross-site-request': { status: 403, title: 'The request came from another site' },
  'not-found': { status: 404, title: 'Not found' },
  'method-not-allowed': { status: 405, title: 'Method not allowed' },
  'name-taken': { status: 409, title: 'The name is in use' },
  'ambiguous-name': { status: 409, title: 'The name fits more than one' },
  'target-busy': { status: 409, title: 'Another operation works on it' },
  'wrong-state': { status: 409, title: 'Not possible in its present state' },
  'in-use': { status: 409, title: 'It is in use' },
  'insufficient-capacity': { status: 409, title: 'The pool cannot hold it' },
  'not-cancellable': { status: 409, title: 'It cannot be cancelled any more' },
  'partly-failed': { status: 409, title: 'Parts of it have failed' },
  'idempotency-key-reused': { status: 409, title: 'The Idempotency-Key belongs to another request' },
  'upload-offset-mismatch': { status: 409, title: 'The upload continues elsewhere' },
  'ticket-invalid': { status: 403, title: 'The ticket is unknown, used or expired' },
  'request-timeout': { status: 408, title: 'The request took too long to arrive' },
  'precondition-failed': { status: 412, title: 'A condition of the request is not met' },
  'payload-too-large': { status: 413, title: 'The request is too large' },
  'unsupported-media-type': { status: 415, title: 'The content type is not supported' },
  'expectation-failed': { status: 417, title: 'The expectation cannot be met' },
  'image-refused': { status: 422, title: 'The image was refused' },
  'image-wrong-kind': { status: 422, title: 'The image is of another kind' },
  'image-not-ready': { status: 409, title: 'The image is not ready' },
  'checksum-mismatch': { status: 422, title: 'The checksum does not match' },
  'too-many-requests': { status: 429, title: 'Too many requests' },
  'headers-too-large': { status: 431, title: 'The headers of the request are too large' },
  'shutdown-timeout': { status: 504, title: 'The guest did not shut down in time' },
  'node-unreachable': { status: 503, title: 'The node cannot be reached' },
  'storage-unreachable': { status: 503, title: 'The storage server cannot be reached' },
  'control-unreachable': { status: 503, title: 'No control server can be reached' },
  'disk-full': { status: 507, title: 'The disk is full' },
  'launch-failed': { status: 500, title: 'The instance could not be started' },
  'node-fault': { status: 500, title: 'The node could not do it' },
  'stale-generation': { status: 409, title: 'A newer order exists' },
  'database-unavailable': { status: 503, title: 'The database cannot be reached' },
  cancelled: { status: 409, title: 'The operation was cancelled' },
  'identity-in-use': { status: 409, title: 'Two components run on one identity' },
  'component-removed': { status: 403, title: 'The component was removed from the domain' },
  'clock-wrong': { status: 403, title: 'The two clocks differ too much' },
  'database-private': { status: 409, title: 'The database is private to one machine' },
  'join-refused': { status: 403, title: 'The domain refused the component' },
  'protocol-mismatch': { status: 400, title: 'The two sides speak different versions' },
  'newer-version': { status: 500, title: 'Only a newer release can read it' },
  timeout: { status: 504, title: 'No answer in time' },
  unavailable: { status: 503, title: 'Not available right now' },
  internal: { status: 500, title: 'Something went wrong inside the platform' },
} as const;

export type ErrorCode = keyof typeof errorCodes;
export const errorCodeSchema = z.enum(Object.keys(errorCodes) as [ErrorCode, ...ErrorCode[]]);

/** One field that is wrong: `path` like `disks.0.sizeBytes`, `message` says what is wrong and what would be right. */
export const fieldErrorSchema = z.object({
  path: z.string(),
  message: z.string(),
  /** The same as `message`, for whoever speaks another language. */
  sentence: sentenceSchema.optional(),
});
export type FieldError = z.infer<typeof fieldErrorSchema>;

/** What went wrong, as kept in operations and passed between components. */
export const faultSchema = z.object({
  code: errorCodeSchema,
  /** For people: what, where, how to mend. */
  detail: z.string(),
  /** The same as `detail`, for whoever speaks another language; absent where only a program's own words are known. */
  sentence: sentenceSchema.optional(),
  errors: z.array(fieldErrorSchema).optional(),
  /** When it is known how long it is no use to try again; the header Retry-After says the same. */
  retryAfterSeconds: z.int().optional(),
});
export type Fault = z.infer<typeof faultSchema>;

/** As a peer tells it: a newer one may know more codes, and its words are worth more than that. */
export const toldFaultSchema = faultSchema.extend({ code: errorCodeSchema.catch('internal') });

/** RFC 9457 problem+json. */
export const problemSchema = faultSchema.extend({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  operation: operationIdSchema.optional(),
});
export type Problem = z.infer<typeof problemSchema>;

export function problemOf(fault: Fault): Problem {
  const { status, title } = errorCodes[fault.code];
  return { type: `https://zhiyun.dev/problems/${fault.code}`, title, status, ...fault };
}
