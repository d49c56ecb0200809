import type { Filter } from '../placement.ts';

export const inPool: Filter = (node, request) =>
  node.computePoolId === request.computePoolId ? undefined : 'belongs to another pool';
