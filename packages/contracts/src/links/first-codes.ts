/** Error codes for peers of the first release: it does not take others, and would lose the words that come with them. */
import type { ErrorCode } from '../errors.ts';

/** All that it knows: fixed for ever. */
const firstCodes: ReadonlySet<string> = new Set([
  'invalid-request',
  'malformed-json',
  'not-authenticated',
  'wrong-credentials',
  'forbidden',
  'cross-site-request',
  'not-found',
  'method-not-allowed',
  'name-taken',
  'ambiguous-name',
  'target-busy',
  'wrong-state',
  'in-use',
  'insufficient-capacity',
  'not-cancellable',
  'idempotency-key-reused',
  'upload-offset-mismatch',
  'ticket-invalid',
  'payload-too-large',
  'unsupported-media-type',
  'image-refused',
  'image-wrong-kind',
  'image-not-ready',
  'checksum-mismatch',
  'too-many-requests',
  'shutdown-timeout',
  'node-unreachable',
  'storage-unreachable',
  'control-unreachable',
  'disk-full',
  'launch-failed',
  'node-fault',
  'stale-generation',
  'database-unavailable',
  'cancelled',
  'identity-in-use',
  'component-removed',
  'clock-wrong',
  'database-private',
  'join-refused',
  'protocol-mismatch',
  'timeout',
  'unavailable',
  'internal',
] satisfies ErrorCode[]);

/** As a peer that speaks this version of the link protocol is told it; from 2 on they take what they do not know for `internal`. */
export function codeFor(code: ErrorCode, protocol: number): ErrorCode {
  return protocol > 1 || firstCodes.has(code) ? code : 'internal';
}
