/** Compute pools, as a kind. */
import type { z } from 'zod';
import { defineKind } from '../kind/define-kind.ts';

export const computePoolKind = defineKind({
  name: 'compute-pool',
  plural: 'compute-pools',
  noun: { en: 'compute pool', zh: '计算资源池' },
  about: 'Compute pools (计算资源池): sets of nodes, and what instances made in them inherit.',
  permissions: { read: 'viewer', write: 'administrator' },
  events: {
    created: { en: 'Pool was created', zh: '资源池已创建' },
    changed: { en: 'Pool was changed', zh: '资源池设置已修改' },
    deleted: { en: 'Pool was deleted', zh: '资源池已删除' },
  },
  stale: ['node', 'instance'],
});
export const computePoolIdSchema = computePoolKind.idSchema;
export type ComputePoolId = z.infer<typeof computePoolIdSchema>;
