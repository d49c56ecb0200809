/** Sentences that every kind of thing shares; `kind` is a noun. */
import { defineSentences } from './sentence.ts';

export const commonSentences = defineSentences({
  'common.unknown': { en: 'There is no {kind} «{reference}».', zh: '没有{kind}“{reference}”。' },
  'common.ambiguous': {
    en: 'More than one {kind} is named «{reference}»; say which by its id.',
    zh: '有多个{kind}名为“{reference}”，请用 ID 指明。',
  },
  'common.ambiguous-choices': {
    en: '«{reference}» may mean {choices}; say which.',
    zh: '“{reference}”可能指 {choices}，请指明是哪一个。',
  },
  'common.name-taken': {
    en: 'There is another {kind} named «{name}»; choose another name.',
    zh: '已有名为“{name}”的{kind}，请换一个名称。',
  },
  /** A list that was cut off. */
  'common.and-more': { en: '{names} and {count} more', zh: '{names} 等，另有 {count} 个' },
  'common.internal': {
    en: 'Something went wrong inside the platform; the log of the component says more.',
    zh: '平台内部出错，详情见该组件的日志。',
  },
  'common.internal-logged': {
    en: 'Something went wrong inside the platform; the log of the component says more (log id {logId}).',
    zh: '平台内部出错，详情见该组件的日志（日志编号 {logId}）。',
  },
});
