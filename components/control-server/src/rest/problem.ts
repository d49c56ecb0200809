/** Whatever went wrong, as RFC 9457 problem+json. Only a PlatformError's own words reach the client. */
import { randomUUID } from 'node:crypto';
import { type ErrorCode, type Fault, type Problem, problemOf, type Sentence, say } from '@zhiyun/contracts';
import { publicFault } from '@zhiyun/contracts/rest';
import { faultOf, type Logger, PlatformError, systemErrorCode } from '@zhiyun/kernel';

export const problemContentType = 'application/problem+json';

/** What the HTTP frame itself refuses, by Fastify's code. */
function faultOfFrame(thrown: unknown): Fault | undefined {
  switch (systemErrorCode(thrown)) {
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return fault('unsupported-media-type', say('rest.media-type'));
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return fault('payload-too-large', say('rest.body-too-large'));
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return fault('invalid-request', say('rest.body-length'));
    case 'FST_ERR_BAD_URL':
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return fault('invalid-request', say('rest.address'));
    default:
      return undefined;
  }
}

function fault(code: ErrorCode, sentence: Sentence): Fault {
  return new PlatformError(code, sentence).toFault();
}

/** Anything unforeseen is logged whole under an id, and only the id is told. */
export function problemFrom(thrown: unknown, where: object, log: Logger): Problem {
  const frameFault = faultOfFrame(thrown);
  if (frameFault) return problemOf(frameFault);
  const { code } = faultOf(thrown);
  if (!(thrown instanceof PlatformError) || code === 'internal') {
    const logId = randomUUID();
    log.error({ ...where, logId, err: thrown }, 'request failed');
    return problemOf(fault(code, say('common.internal-logged', { logId })));
  }
  if (thrown.cause !== undefined) log.debug({ ...where, err: thrown }, 'request refused');
  return problemOf(publicFault(thrown.toFault()));
}
