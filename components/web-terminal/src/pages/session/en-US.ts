import type { Catalogue } from '../../locales/catalogue.ts';
import type zh from './zh-CN.ts';

export default {
  welcome: 'Sign in to Zhiyun',
  tagline: 'One command to a cloud of your own',
  username: 'Username',
  password: 'Password',
  usernameMissing: 'Enter your username',
  passwordMissing: 'Enter your password',
  showPassword: 'Show the password',
  hidePassword: 'Hide the password',
  submit: 'Sign in',
  expired: 'Your session has ended. Sign in again.',
  firstHint: 'The first time, sign in as admin; its password is in the file initial-admin-password on the server.',
  first: {
    title: 'Choose a new password',
    detail: 'This is your first visit. Set a password of your own before going on.',
    submit: 'Save and open the console',
  },
  change: {
    title: 'Change password',
    detail: 'All your other sessions end.',
    current: 'Current password',
    new: 'New password',
    newHint: 'At least {{min}} characters',
    repeat: 'New password again',
    mismatch: 'The two passwords differ',
    same: 'The new password must differ from the current one',
    done: 'The password was changed',
  },
} satisfies Catalogue<typeof zh>;
