/** Whatever went wrong, as RFC 9457 problem+json. Only a PlatformError's own words reach the client. */
import { randomUUID } from 'node:crypto';
import { type Fault, type Problem, problemOf } from '@zhiyun/contracts';
import { faultOf, type Logger, PlatformError, systemErrorCode } from '@zhiyun/kernel';

export const problemContentType = 'application/problem+json';

/** What the HTTP frame itself refuses, by Fastify's code. */
function faultOfFrame(thrown: unknown): Fault | undefined {
  switch (systemErrorCode(thrown)) {
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return { code: 'unsupported-media-type', detail: 'Send the body as application/json.' };
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return { code: 'payload-too-large', detail: 'The body is larger than this API takes.' };
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return { code: 'invalid-request', detail: 'The body is not as long as its Content-Length says.' };
    case 'FST_ERR_BAD_URL':
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return { code: 'invalid-request', detail: 'The address is not well formed.' };
    default:
      return undefined;
  }
}

/** Anything unforeseen is logged whole under an id, and only the id is told. */
export function problemFrom(thrown: unknown, where: object, log: Logger): Problem {
  const frameFault = faultOfFrame(thrown);
  if (frameFault) return problemOf(frameFault);
  const fault = faultOf(thrown);
  if (!(thrown instanceof PlatformError) || fault.code === 'internal') {
    const logId = randomUUID();
    log.error({ ...where, logId, err: thrown }, 'request failed');
    return problemOf({ ...fault, detail: `${fault.detail} (log id ${logId})` });
  }
  if (thrown.cause !== undefined) log.debug({ ...where, err: thrown }, 'request refused');
  return problemOf(fault);
}
