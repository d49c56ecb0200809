/** Operations, as a kind. Their events are about what they work on. */
import type { z } from 'zod';
import { defineKind } from '../kind/define-kind.ts';
import type { Words } from '../sentences/sentence.ts';
import type { OperationState, StepState } from './operation.ts';

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
  words: {
    state: {
      pending: { en: 'Waiting', zh: '等待中' },
      running: { en: 'Running', zh: '进行中' },
      undoing: { en: 'Undoing', zh: '撤销中' },
      succeeded: { en: 'Succeeded', zh: '成功' },
      failed: { en: 'Failed', zh: '失败' },
      cancelled: { en: 'Cancelled', zh: '已取消' },
      stuck: { en: 'Needs attention', zh: '需人工处理' },
    } satisfies Record<OperationState, Words>,
    'step-state': {
      waiting: { en: 'waiting', zh: '等待' },
      running: { en: 'running', zh: '进行中' },
      done: { en: 'done', zh: '完成' },
      failed: { en: 'failed', zh: '失败' },
      undoing: { en: 'undoing', zh: '撤销中' },
      undone: { en: 'undone', zh: '已撤销' },
      'undo-failed': { en: 'undo failed', zh: '撤销失败' },
    } satisfies Record<StepState, Words>,
    step: {
      prepare: { en: 'Prepare disks and network', zh: '准备磁盘和网络' },
      start: { en: 'Start', zh: '启动' },
      'shut-down': { en: 'Ask the guest to shut down', zh: '通知系统关机' },
      kill: { en: 'Power off', zh: '强制关机' },
      reboot: { en: 'Reboot', zh: '重启' },
      reset: { en: 'Reset', zh: '硬重置' },
      remove: { en: 'Remove disks and network', zh: '清理磁盘和网络' },
      settle: { en: 'Confirm the result', zh: '确认结果' },
      forget: { en: 'Unregister', zh: '注销' },
      check: { en: 'Inspect the file', zh: '检查镜像文件' },
      import: { en: 'Copy and inspect the file', zh: '复制并检查文件' },
      'take-in': { en: 'Record what was found', zh: '登记检查结果' },
      'remove-bytes': { en: 'Delete the file', zh: '删除镜像文件' },
      hold: { en: 'Take nothing new', zh: '停止接收新任务' },
      drain: { en: 'Drain', zh: '排空' },
      'cut-off': { en: 'Cut off and revoke its identity', zh: '切断连接并吊销身份' },
      'each-instance': { en: 'Each of the instances', zh: '逐台处理云主机' },
      copy: { en: 'Copy the image', zh: '复制镜像' },
      switch: { en: 'Use the new copy', zh: '改用新的副本' },
      'remove-old': { en: 'Remove the old copy', zh: '删除旧的副本' },
      'forget-copies': { en: 'Remove the copies on nodes', zh: '清理节点上的副本' },
    },
  },
  stale: ['system'],
});
export const operationIdSchema = operationKind.idSchema;
export type OperationId = z.infer<typeof operationIdSchema>;
