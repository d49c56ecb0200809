/** The promise with a timeout: throws `late()` after `timeoutMs`, or the signal's reason when aborted. */
export async function inTime<T>(
  promise: Promise<T>,
  { timeoutMs, signal, late }: { timeoutMs: number; signal: AbortSignal; late: () => Error },
): Promise<T> {
  const { promise: over, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  // What was answered while we were busy is heard before.
  const timer = setTimeout(() => setImmediate(() => reject(late())), timeoutMs);
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    return await Promise.race([promise, over]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}
