import type { LinkState } from '../component/component.ts';
import { defineKind } from '../kind/define-kind.ts';
import type { Words } from '../sentences/sentence.ts';

export const linkKind = defineKind({
  name: 'link',
  plural: 'links',
  subject: false,
  noun: { en: 'link', zh: '链路' },
  words: {
    state: {
      online: { en: 'Connected', zh: '已连接' },
      connecting: { en: 'Connecting', zh: '连接中' },
      suspect: { en: 'Suspect', zh: '疑似中断' },
      gone: { en: 'Broken', zh: '已断开' },
    } satisfies Record<LinkState, Words>,
  },
  about: 'Links between components (链路).',
});
