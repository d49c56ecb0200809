/** Sentences about machines, the processes of running instances, and what they need of their node. */
import { defineSentences } from './sentence.ts';

export const machineSentences = defineSentences({
  'machine.not-responding': {
    en: 'The hypervisor of the instance does not answer. Wait until it does, or kill the instance: that needs no answer.',
    zh: '该云主机的虚拟化进程没有响应。请等待其恢复，或强制关机（强制关机不需要它响应）。',
  },
  'machine.no-users': {
    en: 'All {count} users that this node has for its guests are in use. Give it more: guestUsers in its configuration.',
    zh: '本节点可分配给云主机的 {count} 个用户均已占用。请在其配置中用 guestUsers 增加。',
  },
  'machine.ended': {
    en: 'The instance has just ended.',
    zh: '该云主机刚刚停止运行。',
  },
  'machine.node-stops': {
    en: 'The node is being shut down with its instances.',
    zh: '该节点正在连同其云主机一起关闭。',
  },
  'machine.users-unusable': {
    en: 'The {count} users from {first} on cannot be given to guests: {reason}. Choose another range as guestUsers in the configuration.',
    zh: '从 {first} 起的 {count} 个用户不能分配给云主机：{reason}。请在配置的 guestUsers 中另选一个范围。',
  },
});
