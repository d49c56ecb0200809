import { say } from '@zhiyun/contracts';
import type { Filter } from '../terms.ts';

export const inPool: Filter = (node, request) =>
  node.computePoolId === request.computePoolId ? undefined : say('placement.other-pool');
