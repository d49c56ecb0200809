/** When a machine's serial port says its first byte, seen from a program that has waited for the socket since before QEMU was started. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { systemClock } from '@zhiyun/kernel';

const deadlineMs = 20_000;

/** Connects as soon as somebody listens; resolves at the first byte. */
export async function firstByte(path: string): Promise<void> {
  const { signal, [Symbol.dispose]: dispose } = deadline(path);
  try {
    using socket = await connected(path, signal);
    await once(socket, 'data', { signal });
  } finally {
    dispose();
  }
}

async function connected(path: string, signal: AbortSignal): Promise<Socket & Disposable> {
  for (;;) {
    const socket = connect(path);
    try {
      await once(socket, 'connect', { signal });
      return Object.assign(socket, { [Symbol.dispose]: () => void socket.destroy() });
    } catch (error) {
      socket.destroy();
      if (signal.aborted) throw error;
      await systemClock.sleep(1, signal);
    }
  }
}

function deadline(path: string): Disposable & { signal: AbortSignal } {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new Error(`no byte from ${path} within ${deadlineMs} ms`)), deadlineMs);
  return { signal: late.signal, [Symbol.dispose]: () => clearTimeout(timer) };
}
