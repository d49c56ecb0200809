/** A starting QEMU listens after some 30 ms, so we knock often at first; one that is stuck is knocked at twice a second. */
export function retryWaitMs(attempt: number): number {
  return attempt < 1000 ? 2 : 500;
}
