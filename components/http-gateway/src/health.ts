/**
 * Probes for monitoring: `/healthz` (liveness) says that this process answers, `/readyz` (readiness) that a request can
 * be served by a Control Server with its database. Public, so they reveal no more, and concurrent probes share one
 * request.
 */
import { controlServerLink } from '@zhiyun/contracts/links';
import { type Clock, PlatformError } from '@zhiyun/kernel';
import type { Gateway } from './gateway-app.ts';
import type { LiveControl } from './live-control.ts';
import { sendProblem } from './problem.ts';

const freshMs = 1_000;

export function serveHealth(app: Gateway, control: LiveControl, clock: Clock): void {
  let last: { atMs: number; ready: Promise<void> } | undefined;
  const ready = () => {
    const atMs = clock.monotonicMs();
    if (!last || atMs - last.atMs >= freshMs) last = { atMs, ready: askWhetherReady(control) };
    return last.ready;
  };
  app.get('/healthz', async (_request, reply) => reply.header('cache-control', 'no-store').send({ status: 'ok' }));
  app.get('/readyz', async (_request, reply) => {
    try {
      await ready();
      return reply.header('cache-control', 'no-store').send({ status: 'ready' });
    } catch (error) {
      if (!(error instanceof PlatformError)) throw error;
      return sendProblem(reply, error.toFault());
    }
  });
}

async function askWhetherReady(control: LiveControl): Promise<void> {
  await control
    .ask((peer) => peer.as(controlServerLink).ready({}), { repeatable: true })
    .catch((error: unknown) => {
      // An older Control Server does not know the question, and is there.
      if (!(error instanceof PlatformError && error.code === 'not-found')) throw error;
    });
}
