import type { Filter } from '../placement.ts';

/** Cores may be promised several times over, as far as the pool says. */
export const cores: Filter = (node, request, policy) => {
  const short = node.cores.promised + request.cores - Math.floor(node.cores.total * policy.cpuOvercommit);
  if (short <= 0) return undefined;
  return short === 1 ? '1 core short' : `${short} cores short`;
};
