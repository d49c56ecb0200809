/** Users and their sessions, as kinds. */
import type { z } from 'zod';
import { defineKind } from '../kind/define-kind.ts';
import type { Words } from '../sentences/sentence.ts';
import type { Role } from './roles.ts';

export const userKind = defineKind({
  name: 'user',
  plural: 'users',
  noun: { en: 'user', zh: '用户' },
  about: 'Users and their roles.',
  permissions: { read: 'administrator', write: 'administrator' },
  events: {
    created: { en: 'User was created', zh: '用户已创建' },
    changed: { en: 'User was changed', zh: '用户已修改' },
    deleted: { en: 'User was deleted', zh: '用户已删除' },
  },
  words: {
    role: {
      administrator: { en: 'Administrator', zh: '管理员' },
      operator: { en: 'Operator', zh: '操作员' },
      viewer: { en: 'Viewer', zh: '只读用户' },
    } satisfies Record<Role, Words>,
  },
});
export const userIdSchema = userKind.idSchema;
export type UserId = z.infer<typeof userIdSchema>;

export const sessionKind = defineKind({
  name: 'session',
  plural: 'sessions',
  subject: false,
  noun: { en: 'session', zh: '登录会话' },
  about: 'Signing in and out.',
});
