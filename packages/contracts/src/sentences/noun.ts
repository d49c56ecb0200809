/** What things are called in the middle of a sentence; the glossary's words. */
import { defineSentences } from './sentence.ts';

export const nounSentences = defineSentences({
  'noun.compute-pool': { en: 'compute pool', zh: '计算资源池' },
  'noun.node': { en: 'node', zh: '计算节点' },
  'noun.image': { en: 'image', zh: '镜像' },
  'noun.instance': { en: 'instance', zh: '云主机' },
  'noun.component': { en: 'component', zh: '组件' },
  'noun.operation': { en: 'operation', zh: '操作' },
  'noun.system': { en: 'platform', zh: '平台' },
  'noun.user': { en: 'user', zh: '用户' },
  'noun.join-token': { en: 'join token', zh: '加入令牌' },
  'noun.control-server': { en: 'Control Server', zh: '主控节点' },
  'noun.data-server': { en: 'Data Server', zh: '域服务器' },
  'noun.node-client': { en: 'Node Client', zh: '计算节点' },
  'noun.storage-server': { en: 'Storage Server', zh: '存储服务器' },
  'noun.http-gateway': { en: 'Http Gateway', zh: 'Http 网关' },
  'noun.intelligent-router': { en: 'Intelligent Router', zh: '智能路由' },
  'noun.statistic-server': { en: 'Statistic Server', zh: '统计服务器' },
});
