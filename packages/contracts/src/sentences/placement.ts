/** Why a node is or is not where an instance goes (放置). Each goes on from the node's name. */
import { defineSentences } from './sentence.ts';

export const placementSentences = defineSentences({
  'placement.one-core-short': { en: '1 core short', zh: '缺 1 个核' },
  'placement.cores-short': { en: '{count} cores short', zh: '缺 {count} 个核' },
  'placement.memory-short': { en: '{short|bytes} of memory short', zh: '缺 {short|bytes} 内存' },
  'placement.disk-short': { en: '{short|bytes} of disk short', zh: '缺 {short|bytes} 磁盘' },
  'placement.disk-left': { en: 'only {free|bytes} of its disk left', zh: '磁盘仅剩 {free|bytes}' },
  'placement.other-pool': { en: 'belongs to another pool', zh: '属于其他资源池' },
  'placement.suspect': { en: 'is suspect', zh: '疑似失联' },
  'placement.offline': { en: 'is offline', zh: '离线' },
  'placement.not-schedulable': { en: 'takes no new instances', zh: '不接收新的云主机' },
  'placement.taken': {
    en: 'was given to another instance at the same moment',
    zh: '容量在同一时刻分配给了另一台云主机',
  },
  'placement.node-reason': { en: '{node}: {reason}', zh: '{node}：{reason}' },
  'placement.more-nodes': { en: 'and {count} more nodes', zh: '另有 {count} 个节点' },
  'placement.no-node': {
    en: 'The pool «{pool}» has no node. Add a node to it or choose another pool.',
    zh: '资源池“{pool}”中没有计算节点，请先添加节点，或选择其他资源池。',
  },
  'placement.none-fits': {
    en: 'No node of the pool «{pool}» can hold it: {reasons}. Ask for less, free some, or add a node.',
    zh: '资源池“{pool}”中没有节点能容纳它：{reasons}。请减少所需资源、释放一些资源，或添加节点。',
  },
});
