import { say } from '@zhiyun/contracts';
import type { Filter } from '../terms.ts';

/** Memory is never promised twice: a guest that has filled its own must not make another one swap or die. */
export const memory: Filter = (node, request) => {
  const short = node.memoryBytes.promised + request.memoryBytes - node.memoryBytes.total;
  return short > 0 ? say('placement.memory-short', { short }) : undefined;
};
