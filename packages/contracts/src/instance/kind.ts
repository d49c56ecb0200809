/** Instances, as a kind. */
import type { z } from 'zod';
import { defineKind } from '../kind/define-kind.ts';
import type { Words } from '../sentences/sentence.ts';
import type { InstanceCondition } from './condition.ts';
import type { InstanceState, StopReason } from './state.ts';

export const instanceKind = defineKind({
  name: 'instance',
  plural: 'instances',
  noun: { en: 'instance', zh: '云主机' },
  about: 'Instances (云主机): virtual machines.',
  permissions: { read: 'viewer', write: 'operator', console: 'operator' },
  operations: {
    create: { en: 'Create instance', zh: '创建云主机' },
    start: { en: 'Start instance', zh: '启动云主机' },
    stop: { en: 'Stop instance', zh: '关闭云主机' },
    kill: { en: 'Power off instance', zh: '强制关闭云主机' },
    reboot: { en: 'Reboot instance', zh: '重启云主机' },
    reset: { en: 'Reset instance', zh: '硬重置云主机' },
    delete: { en: 'Delete instance', zh: '删除云主机' },
    'create-batch': { en: 'Create several instances', zh: '批量创建云主机' },
    'start-batch': { en: 'Start several instances', zh: '批量启动云主机' },
    'stop-batch': { en: 'Stop several instances', zh: '批量关闭云主机' },
    'delete-batch': { en: 'Delete several instances', zh: '批量删除云主机' },
  },
  events: {
    created: { en: 'Instance was registered', zh: '云主机已登记' },
    deleted: { en: 'Instance was deleted', zh: '云主机已删除' },
    renamed: { en: 'Instance was renamed from “{from}” to “{to}”', zh: '云主机由“{from}”更名为“{to}”' },
    'state-changed': {
      en: 'Instance is now: {to}',
      zh: '云主机状态变为“{to}”',
      words: { to: 'word.instance.state', stopReason: 'word.instance.stop-reason' },
      // Nobody needs to be told that what they ordered was done because they ordered it.
      longer: {
        with: 'stopReason',
        except: ['requested', 'never-started'],
        en: 'Instance is now: {to} ({stopReason})',
        zh: '云主机状态变为“{to}”：{stopReason}',
      },
    },
    'boot-changed': { en: 'Boot order of the instance was changed', zh: '云主机的启动顺序已修改' },
    restarted: {
      en: 'Instance was started again by its node after that was restarted',
      zh: '节点重启后，云主机已由节点自动启动',
    },
    'condition-began': {
      en: 'Instance runs, but: {kind}',
      zh: '云主机运行异常：{kind}',
      words: { kind: 'word.instance.condition' },
    },
    'condition-ended': {
      en: 'Instance works again (before: {kind})',
      zh: '云主机恢复正常（此前：{kind}）',
      words: { kind: 'word.instance.condition' },
    },
  },
  words: {
    state: {
      creating: { en: 'Creating', zh: '创建中' },
      stopped: { en: 'Stopped', zh: '已关机' },
      starting: { en: 'Starting', zh: '启动中' },
      running: { en: 'Running', zh: '运行中' },
      stopping: { en: 'Stopping', zh: '关机中' },
      rebooting: { en: 'Rebooting', zh: '重启中' },
      deleting: { en: 'Deleting', zh: '删除中' },
      unknown: { en: 'Unknown', zh: '状态未知' },
      lost: { en: 'Lost', zh: '已丢失' },
    } satisfies Record<InstanceState, Words>,
    'stop-reason': {
      'never-started': { en: 'never started', zh: '尚未启动过' },
      requested: { en: 'stopped by a user', zh: '由用户关机' },
      'guest-shutdown': { en: 'shut down by its guest', zh: '由操作系统关机' },
      killed: { en: 'powered off', zh: '被强制关机' },
      crashed: { en: 'crashed', zh: '异常退出' },
      'node-restarted': { en: 'its node restarted', zh: '所在节点曾重启' },
      'launch-failed': { en: 'failed to start', zh: '启动失败' },
    } satisfies Record<StopReason, Words>,
    condition: {
      paused: { en: 'paused', zh: '已被暂停' },
      'not-responding': { en: 'does not respond', zh: '无响应' },
      'disk-full': { en: 'waits: disk of its node is full', zh: '节点磁盘已满，等待中' },
    } satisfies Record<InstanceCondition, Words>,
  },
  stale: ['system', 'compute-pool', 'node'],
});
export const instanceIdSchema = instanceKind.idSchema;
export type InstanceId = z.infer<typeof instanceIdSchema>;
