import { say } from '@zhiyun/contracts';
import type { Filter } from '../terms.ts';

/** Cores may be promised several times over, as far as the pool says. */
export const cores: Filter = (node, request, policy) => {
  const short = node.cores.promised + request.cores - Math.floor(node.cores.total * policy.cpuOvercommit);
  if (short <= 0) return undefined;
  return short === 1 ? say('placement.one-core-short') : say('placement.cores-short', { count: short });
};
