import { defineKind } from '../kind/define-kind.ts';

export const eventKind = defineKind({
  name: 'event',
  plural: 'events',
  subject: false,
  noun: { en: 'event', zh: '事件' },
  about: 'Events (事件): what happened, as a list and as a live feed.',
  permissions: { read: 'viewer' },
});
