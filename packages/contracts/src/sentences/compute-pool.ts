/** Sentences about compute pools (计算资源池). */
import { defineSentences } from './sentence.ts';

export const computePoolSentences = defineSentences({
  'compute-pool.in-use': {
    en: 'Compute pool «{name}» still has {holders}. Move or delete them first.',
    zh: '计算资源池“{name}”中还有{holders}，请先将其移出或删除。',
  },
  'compute-pool.holds-nodes': { en: 'the nodes {names}', zh: '计算节点 {names}' },
  'compute-pool.holds-instances': { en: 'the instances {names}', zh: '云主机 {names}' },
});
