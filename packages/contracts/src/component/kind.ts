/** Components of the domain, as a kind. */
import type { z } from 'zod';
import { defineKind } from '../kind/define-kind.ts';
import type { Words } from '../sentences/sentence.ts';
import type { ComponentState } from './component.ts';

export const componentKind = defineKind({
  name: 'component',
  plural: 'components',
  noun: { en: 'component', zh: '组件' },
  about: 'Components of the domain (组件).',
  permissions: { read: 'viewer', write: 'administrator' },
  operations: { remove: { en: 'Remove component', zh: '移除组件' } },
  events: {
    joined: { en: 'Component joined the domain', zh: '组件已加入域' },
    'state-changed': {
      en: 'Component is now: {to}',
      zh: '组件状态变为“{to}”',
      words: { to: 'word.component.state' },
    },
    removed: { en: 'Component was removed from the domain', zh: '组件已移出域' },
    'clock-wrong': {
      en: 'The clock of the component differs too much from that of the domain',
      zh: '组件的时钟与域相差过大',
    },
  },
  words: {
    state: {
      online: { en: 'Online', zh: '在线' },
      suspect: { en: 'Suspect', zh: '疑似失联' },
      gone: { en: 'Offline', zh: '离线' },
    } satisfies Record<ComponentState, Words>,
  },
  stale: ['link', 'node', 'system', 'join-token'],
});
export const componentIdSchema = componentKind.idSchema;
/** Identity of one component (a process role on one home directory), kept for life; never its address. */
export type ComponentId = z.infer<typeof componentIdSchema>;
