import type { Filter } from '../placement.ts';

export const schedulable: Filter = (node) => (node.schedulable ? undefined : 'takes no new instances');
