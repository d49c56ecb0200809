/** Nodes, as a kind. */
import { defineKind } from '../kind/define-kind.ts';
import type { Words } from '../sentences/sentence.ts';
import type { NodeState } from './node.ts';

export const nodeKind = defineKind({
  name: 'node',
  plural: 'nodes',
  noun: { en: 'node', zh: '计算节点' },
  about: 'Nodes (计算节点): servers that run instances.',
  // A node is the Node Client that runs it: the two share one id.
  brand: 'component',
  permissions: { read: 'viewer', write: 'administrator' },
  events: {
    joined: { en: 'Node joined', zh: '节点已加入' },
    changed: { en: 'Node was changed', zh: '节点设置已修改' },
    'state-changed': { en: 'Node is now: {to}', zh: '节点状态变为“{to}”', words: { to: 'word.node.state' } },
    removed: { en: 'Node was removed from the domain', zh: '节点已移出域' },
    'instances-changed': {
      en: 'Instances of the node are now: {to} ({count})',
      zh: '节点上的 {count} 台云主机状态变为“{to}”',
      words: { to: 'word.instance.state' },
    },
    'unknown-instance': { en: 'Node holds an instance that nobody knows', zh: '节点上有未登记的云主机' },
    'network-altered': {
      en: 'Network of its guests: {detail}',
      zh: '云主机网络异常：{detail}',
      longer: {
        with: 'by',
        en: 'Network of its guests was altered by {by}: {detail}',
        zh: '云主机网络被 {by} 改动：{detail}',
      },
    },
    'network-restored': {
      en: 'Network of its guests is in order again: {detail}',
      zh: '云主机网络已恢复：{detail}',
    },
  },
  words: {
    state: {
      online: { en: 'Online', zh: '在线' },
      suspect: { en: 'Suspect', zh: '疑似失联' },
      offline: { en: 'Offline', zh: '离线' },
    } satisfies Record<NodeState, Words>,
  },
  stale: ['compute-pool', 'system', 'component', 'link'],
});
