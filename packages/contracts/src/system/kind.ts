import { defineKind } from '../kind/define-kind.ts';

export const systemKind = defineKind({
  name: 'system',
  plural: 'system',
  noun: { en: 'platform', zh: '平台' },
  about: 'The platform as a whole.',
  permissions: { read: 'viewer' },
});
