/** Sentences about instances (云主机). */
import { defineSentences } from './sentence.ts';

export const instanceSentences = defineSentences({
  'instance.unknown': {
    en: 'There is no instance «{reference}».',
    zh: '没有云主机“{reference}”。',
  },
  'instance.no-console': {
    en: 'Instance «{name}» is {state}; its console is there while it runs.',
    zh: '云主机“{name}”{state}，运行时才能打开控制台。',
  },
  'instance.ticket-invalid': {
    en: 'The ticket is unknown, used or expired; ask for a new one.',
    zh: '连接凭据无效、已使用或已过期，请重新获取。',
  },
  'instance.state-creating': { en: 'being created', zh: '正在创建' },
  'instance.state-stopped': { en: 'stopped', zh: '已关机' },
  'instance.state-starting': { en: 'starting', zh: '正在启动' },
  'instance.state-running': { en: 'running', zh: '正在运行' },
  'instance.state-stopping': { en: 'stopping', zh: '正在关机' },
  'instance.state-rebooting': { en: 'rebooting', zh: '正在重启' },
  'instance.state-deleting': { en: 'being deleted', zh: '正在删除' },
  'instance.state-unknown': { en: 'of unknown state', zh: '状态未知' },
  'instance.state-lost': { en: 'lost', zh: '已丢失' },
});
