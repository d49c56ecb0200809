/** Sentences about components, nodes among them, and the domain they form (组件、计算节点、域). `type` is a noun. */
import { defineSentences } from './sentence.ts';

export const componentSentences = defineSentences({
  'component.not-lost': {
    en: 'The {type} «{name}» is {state}, so it is not lost: remove it without `lost`, and it is drained first.',
    zh: '{type}“{name}”当前{state}，并未丢失；请用普通方式移除，移除前会先迁出其内容。',
  },
  'component.state-online': { en: 'online', zh: '在线' },
  'component.state-suspect': { en: 'suspect', zh: '疑似失联' },
  'component.state-offline': { en: 'offline', zh: '离线' },
  'component.state-gone': { en: 'gone', zh: '离线' },
  'component.gone-too-short': {
    en: 'The {type} «{name}» is gone for less than {leastSeconds|seconds}; it may only be restarting.',
    zh: '{type}“{name}”离线还不到 {leastSeconds|seconds}，可能只是正在重启。',
  },
  'component.last-one': {
    en: 'The {type} «{name}» is the last one that is online: without it {loss}. Let another {type} join first.',
    zh: '{type}“{name}”是最后一个在线的{type}：没有它，{loss}。请先让另一个{type}加入。',
  },
  'component.loss-control-server': {
    en: 'nothing would carry out requests any more, this one included',
    zh: '任何请求都将无法执行，包括本次请求',
  },
  'component.loss-data-server': {
    en: 'no component could join, come back after a restart or find the others',
    zh: '组件将无法加入、无法在重启后恢复，也无法发现彼此',
  },
  'component.loss-http-gateway': {
    en: 'neither the console nor the API could be reached',
    zh: '管理控制台和 API 都将无法访问',
  },
  'component.no-data-server-to-cut-off': {
    en: 'No Data Server is online; it would have to cut the component off.',
    zh: '没有域服务器在线，无法切断该组件。',
  },
  'component.images-busy': {
    en: 'The Storage Server is busy with the images {names}; wait until they are ready, or delete them.',
    zh: '该存储服务器正在处理镜像 {names}；请等待其完成，或将其删除。',
  },
  'component.images-only-here': {
    en: 'The images {names} were only on this Storage Server; delete them, or bring it back.',
    zh: '镜像 {names} 只保存在该存储服务器上；请删除这些镜像，或恢复该服务器。',
  },
  'node.heard-again': {
    en: 'Node «{name}» is heard again, so it is not lost.',
    zh: '计算节点“{name}”已恢复通讯，并未丢失。',
  },
  'node.has-instances': {
    en: 'Node «{name}» still has the instances {names}; delete them first.',
    zh: '计算节点“{name}”上还有云主机 {names}，请先将其删除。',
  },
  'node.has-instances-of-pool': {
    en: 'Node «{name}» has {count} instances of its pool; delete them before it leaves the pool.',
    zh: '计算节点“{name}”上有 {count} 台所属资源池的云主机，请先删除，再将节点移出资源池。',
  },
  'node.being-removed': {
    en: 'Node «{name}» is being removed, so it takes no instances.',
    zh: '计算节点“{name}”正在移除，不再接收云主机。',
  },
  'join-token.unknown': {
    en: 'There is no join token {id}; it may have run out.',
    zh: '没有加入令牌 {id}，它可能已经过期。',
  },
  'join-token.no-data-server': {
    en: 'No Data Server can be reached: nothing new can join the domain until one is back. What is connected goes on.',
    zh: '无法连接任何域服务器：在恢复之前，新的组件无法加入；已连接的照常工作。',
  },
});
