/** Turns TLS's «not yet valid» and «expired» into an error that names the real cause: nearly always a wrong clock. */
import type { X509Certificate } from 'node:crypto';
import { isoTime, PlatformError } from '@zhiyun/kernel';

const timeErrors = new Set(['CERT_NOT_YET_VALID', 'CERT_HAS_EXPIRED']);

/** `authorizationError`: as Node's TLS reports it. `undefined` when the failure is not about time. */
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
