/** A certificate that is not valid *now*: nearly always it is the time that is wrong, and nobody would guess it from TLS's words. */
import type { X509Certificate } from 'node:crypto';
import { isoTime, PlatformError } from '@zhiyun/kernel';

const timeErrors = new Set(['CERT_NOT_YET_VALID', 'CERT_HAS_EXPIRED']);

/** `authorizationError` is what Node's TLS says; `undefined` when it is not about time. */
export function clockWrong(
  authorizationError: unknown,
  facts: { whose: string; certificate: X509Certificate | undefined; now: number },
): PlatformError | undefined {
  const code = authorizationError instanceof Error ? Reflect.get(authorizationError, 'code') : authorizationError;
  if (!timeErrors.has(String(code))) return undefined;
  const { whose, certificate, now } = facts;
  const validity = certificate
    ? `is valid from ${isoTime(certificate.validFromDate.getTime())} to ${isoTime(certificate.validToDate.getTime())}`
    : 'is not valid now';
  return new PlatformError(
    'clock-wrong',
    `The certificate of ${whose} ${validity}, but here it is ${isoTime(now)} (${code}): the clock of one of the two machines is wrong. ` +
      'Set both right (NTP does it by itself) and try again.',
  );
}
