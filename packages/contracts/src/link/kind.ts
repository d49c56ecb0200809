import { defineKind } from '../kind/define-kind.ts';

export const linkKind = defineKind({
  name: 'link',
  plural: 'links',
  subject: false,
  noun: { en: 'link', zh: '链路' },
  about: 'Links between components (链路).',
});
