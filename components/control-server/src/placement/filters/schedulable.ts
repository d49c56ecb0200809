import { say } from '@zhiyun/contracts';
import type { Filter } from '../placement.ts';

export const schedulable: Filter = (node) => (node.schedulable ? undefined : say('placement.not-schedulable'));
