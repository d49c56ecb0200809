/**
 * Time of a whole process as its world has it: what is measured and waited for, be it by our clock or by a library. Timers inside
 * Node.js itself stay as they are, so that of a listener's handshakes is set to what it must be: a connection that waits for its turn
 * would be dropped after a sixth of its time.
 */
import http2, { type SecureServerOptions } from 'node:http2';
import { paceOfProcess, slowClock } from './slow-clock.ts';

const pace = paceOfProcess();
if (pace.slower !== 1) {
  const { now, monotonicMs, timerMs } = slowClock(pace);
  const { setTimeout, setInterval } = globalThis;
  type Task = (...values: unknown[]) => void;
  Date.now = now;
  performance.now = monotonicMs;
  globalThis.setTimeout = ((task: Task, ms = 0, ...values: unknown[]) =>
    setTimeout(task, timerMs(ms), ...values)) as typeof setTimeout;
  globalThis.setInterval = ((task: Task, ms = 0, ...values: unknown[]) =>
    setInterval(task, timerMs(ms), ...values)) as typeof setInterval;
  const { createSecureServer } = http2;
  http2.createSecureServer = ((options: SecureServerOptions) =>
    createSecureServer({
      ...options,
      ...(options.handshakeTimeout && { handshakeTimeout: timerMs(options.handshakeTimeout) }),
    })) as typeof createSecureServer;
}
