/** Join tokens, as a kind. */
import type { z } from 'zod';
import { defineKind } from '../kind/define-kind.ts';

export const joinTokenKind = defineKind({
  name: 'join-token',
  plural: 'join-tokens',
  subject: false,
  noun: { en: 'join token', zh: '加入令牌' },
  about: 'What lets another machine into the domain (加入令牌).',
  events: {
    created: { en: 'Join token was made', zh: '加入令牌已创建' },
    revoked: { en: 'Join token was revoked', zh: '加入令牌已撤销' },
  },
});
export const joinTokenIdSchema = joinTokenKind.idSchema;
export type JoinTokenId = z.infer<typeof joinTokenIdSchema>;
