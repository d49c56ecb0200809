/**
 * Back-off between connection attempts: a starting QEMU listens after some 30 ms, so the first are frequent; a stuck
 * one is tried twice a second.
 */
export function retryWaitMs(attempt: number): number {
  return attempt < 1000 ? 2 : 500;
}
