/** Clients that ask again as soon as they are answered. */
import { systemClock } from '@zhiyun/kernel';

export interface LoopFigures {
  latenciesMs: number[];
  /** Until the last was answered. */
  seconds: number;
}

export async function closedLoop(
  options: { clients: number; seconds: number },
  ask: () => Promise<void>,
): Promise<LoopFigures> {
  const started = systemClock.monotonicMs();
  const latenciesMs: number[] = [];
  const client = async () => {
    for (let sent = started; sent - started < options.seconds * 1000; ) {
      await ask();
      const answered = systemClock.monotonicMs();
      latenciesMs.push(answered - sent);
      sent = answered;
    }
  };
  await Promise.all(Array.from({ length: options.clients }, client));
  return { latenciesMs, seconds: (systemClock.monotonicMs() - started) / 1000 };
}
