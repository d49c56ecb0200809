import { say } from '@zhiyun/contracts';
import type { Filter } from '../terms.ts';

export const online: Filter = (node) => (node.state === 'online' ? undefined : say(`placement.${node.state}`));
