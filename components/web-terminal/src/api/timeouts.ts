/** Every request ends: a platform that hangs takes the connection and never answers. */

/** A change may wait for a Control Server to take over from another. */
export const requestTimeoutMs = { read: 10_000, change: 30_000 } as const;

/** Rejects with a `TimeoutError` when the answer, its body included, is not there in time. */
export function withTimeout(send: typeof fetch, limits = requestTimeoutMs): typeof fetch {
  return (input, init) => {
    const limit = AbortSignal.timeout(
      init?.method === undefined || init.method === 'GET' ? limits.read : limits.change,
    );
    return send(input, { ...init, signal: init?.signal ? AbortSignal.any([init.signal, limit]) : limit });
  };
}
