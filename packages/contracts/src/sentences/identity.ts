/** Sentences about signing in, users and what they may (登录、用户、权限). */
import { defineSentences } from './sentence.ts';

export const identitySentences = defineSentences({
  'identity.sign-in-first': { en: 'Sign in first.', zh: '请先登录。' },
  'identity.session-ended': { en: 'The session has ended; sign in again.', zh: '登录已失效，请重新登录。' },
  'identity.too-many-failures': {
    en: 'Too many failed sign-ins; wait {wait|seconds} and try again.',
    zh: '登录失败次数过多，请等待 {wait|seconds}后重试。',
  },
  'identity.user-gone': { en: 'The user is no more.', zh: '该用户已不存在。' },
  'identity.wrong-credentials': { en: 'The username or the password is wrong.', zh: '用户名或密码错误。' },
  'identity.password-refused': { en: 'The password {reason}.', zh: '密码{reason}。' },
  'identity.field-wrong': { en: 'The field {field} {reason}.', zh: '字段 {field}：{reason}。' },
  'identity.last-administrator': {
    en: 'This is the last administrator; make another user administrator first.',
    zh: '这是最后一个管理员，请先将另一个用户设为管理员。',
  },
  'identity.lacks-permission': {
    en: 'Your role "{role}" lacks the permission "{permission}".',
    zh: '您的角色“{role}”没有权限“{permission}”。',
  },
  'identity.change-password-first': {
    en: 'Somebody else has set your password: set one of your own first (PUT /users/me/password).',
    zh: '您的密码由他人设置，请先修改为自己的密码（PUT /users/me/password）。',
  },
  'identity.own-password': {
    en: 'Your own password is changed with the present one (PUT /users/me/password).',
    zh: '修改自己的密码须提供当前密码（PUT /users/me/password）。',
  },
  'identity.cross-site': {
    en: 'A page of {origin} may not change anything here.',
    zh: '来自 {origin} 的页面不能更改这里的内容。',
  },
});
