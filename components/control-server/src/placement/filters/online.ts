import type { Filter } from '../placement.ts';

export const online: Filter = (node) => (node.state === 'online' ? undefined : `is ${node.state}`);
