/** What component types are called in the middle of a sentence. Kinds say their nouns themselves. */
import { defineSentences } from './sentence.ts';

export const nounSentences = defineSentences({
  'noun.control-server': { en: 'Control Server', zh: '主控节点' },
  'noun.data-server': { en: 'Data Server', zh: '域服务器' },
  'noun.node-client': { en: 'Node Client', zh: '计算节点' },
  'noun.storage-server': { en: 'Storage Server', zh: '存储服务器' },
  'noun.http-gateway': { en: 'Http Gateway', zh: 'Http 网关' },
  'noun.intelligent-router': { en: 'Intelligent Router', zh: '智能路由器' },
  'noun.statistic-server': { en: 'Statistic Server', zh: '统计服务器' },
});
