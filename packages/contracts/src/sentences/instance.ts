/** Sentences about instances (云主机). */
import { defineSentences } from './sentence.ts';

export const instanceSentences = defineSentences({
  'instance.unknown': {
    en: 'There is no instance «{reference}».',
    zh: '没有云主机“{reference}”。',
  },
});
