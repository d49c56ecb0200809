import { type ErrorCode, type Fault, problemOf } from '@zhiyun/contracts';
import type { FastifyReply } from 'fastify';

/** Answers RFC 9457. The gateway speaks for itself only where no Control Server could. */
export function sendProblem(reply: FastifyReply, fault: Fault): FastifyReply {
  const problem = problemOf(fault);
  if (problem.status === 503) reply.header('retry-after', '1');
  return reply
    .code(problem.status)
    .type('application/problem+json')
    .header('cache-control', 'no-store')
    .send(JSON.stringify(problem));
}

export function fault(code: ErrorCode, detail: string): Fault {
  return { code, detail };
}
