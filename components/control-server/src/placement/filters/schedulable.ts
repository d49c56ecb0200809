import { say } from '@zhiyun/contracts';
import type { Filter } from '../terms.ts';

export const schedulable: Filter = (node) => (node.schedulable ? undefined : say('placement.not-schedulable'));
