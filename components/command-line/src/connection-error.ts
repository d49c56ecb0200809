/** A platform that cannot be reached, in words that say what to do about it. */
import { FailedError } from './output.ts';
import { isUntrusted } from './transport.ts';
import { said } from './words/said.ts';

export class ConnectionError extends FailedError {
  constructor(url: string, cause: unknown) {
    super(sentence(url, cause), { cause });
  }
}

function sentence(url: string, cause: unknown): string {
  const { code = '', message = '' } = (cause instanceof Error ? cause : {}) as NodeJS.ErrnoException;
  const { hostname } = new URL(url);
  if (isUntrusted(code)) return said.untrusted(url);
  switch (code) {
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return said.wrongName(url, hostname);
    case 'CERT_NOT_YET_VALID':
      return said.certificateEarly(url);
    case 'CERT_HAS_EXPIRED':
      return said.certificateLate(url);
    case 'ECONNREFUSED':
      return said.refused(url);
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return said.unknownHost(url, hostname);
    case 'ETIMEDOUT':
      return said.timedOut(url);
    case 'ECONNRESET':
    case 'EPIPE':
      return said.cut(url);
    case 'EPROTO':
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
      return said.noTls(url);
    default:
      return said.unreachable(url, message || code);
  }
}
