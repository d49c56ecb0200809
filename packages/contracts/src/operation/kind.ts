/** Operations, as a kind. Their events are about what they work on. */
import type { z } from 'zod';
import { defineKind } from '../kind/define-kind.ts';

const words = { kind: 'operation-kind' } as const;

export const operationKind = defineKind({
  name: 'operation',
  plural: 'operations',
  subject: false,
  noun: { en: 'operation', zh: '操作' },
  about: 'Operations (操作): everything that takes more than one step.',
  permissions: { read: 'viewer', write: 'operator' },
  events: {
    started: { en: '{kind}: started', zh: '开始{kind}', words },
    undoing: { en: '{kind}: being undone', zh: '正在撤销：{kind}', words },
    succeeded: { en: '{kind}: done', zh: '{kind}成功', words },
    failed: { en: '{kind}: failed', zh: '{kind}失败', words },
    cancelled: { en: '{kind}: cancelled', zh: '{kind}已取消', words },
    stuck: { en: '{kind}: could not be undone, needs attention', zh: '{kind}未能撤销，需人工处理', words },
  },
  stale: ['system'],
});
export const operationIdSchema = operationKind.idSchema;
export type OperationId = z.infer<typeof operationIdSchema>;
