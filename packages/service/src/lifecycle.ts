/** Life cycle of a process: start, serve until a signal, stop in order. */
import type { Logger } from '@zhiyun/kernel';
import type { Component } from './component.ts';

/**
 * Starts the component and resolves, after SIGTERM or SIGINT and a stop, with the exit code: 0, or 1 when stopping failed or
 * took longer than `stopTimeoutMs` (default 20 s). Rejects when it cannot start. A second signal does not wait any longer.
 */
export async function runUntilSignal(
  component: Component,
  { log, stopTimeoutMs = 20_000 }: { log: Logger; stopTimeoutMs?: number },
): Promise<number> {
  const first = Promise.withResolvers<void>();
  const hurry = Promise.withResolvers<string>();
  let count = 0;
  const onSignal = () => (count++ === 0 ? first.resolve() : hurry.resolve('a second signal came'));
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
  let timer: NodeJS.Timeout | undefined;
  try {
    await start(component, log);
    await first.promise;
    log.info({}, 'stopping');
    timer = setTimeout(() => hurry.resolve(`it takes longer than ${stopTimeoutMs / 1000} s`), stopTimeoutMs);
    const why = await Promise.race([stop(component), hurry.promise]);
    if (why === undefined) return 0;
    log.error({}, `not a clean stop: ${why}`);
    return 1;
  } finally {
    clearTimeout(timer);
    process.off('SIGTERM', onSignal).off('SIGINT', onSignal);
  }
}

async function start(component: Component, log: Logger): Promise<void> {
  try {
    await component.start();
  } catch (error) {
    const why = await stop(component);
    if (why !== undefined) log.error({}, `not a clean stop after a failed start: ${why}`);
    throw error;
  }
}

/** What went wrong. */
async function stop(component: Component): Promise<string | undefined> {
  try {
    await component.stop();
    return undefined;
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}
