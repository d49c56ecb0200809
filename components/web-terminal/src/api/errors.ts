/** Turns whatever was thrown into what a person is shown, in the language of the page. Nothing else words errors. */
import { type Fault, type FieldError, type Language, localized } from '@zhiyun/contracts';
import { RestError } from '@zhiyun/contracts/rest';
import i18n from 'i18next';
import type errors from '../locales/zh-CN/errors.ts';

export interface DisplayError {
  title: string;
  /** The platform's own sentence: what, where, how to mend. */
  detail: string | undefined;
  /** Stable code, or `network` when no answer came at all. */
  code: string;
  fields: readonly FieldError[];
  status: number | undefined;
}

export function isSessionLost(error: unknown): boolean {
  return error instanceof RestError && error.problem.code === 'not-authenticated';
}

export function isNotFound(error: unknown): boolean {
  return error instanceof RestError && error.problem.code === 'not-found';
}

/** `fetch` says a cut connection as a TypeError. */
export function isNetworkError(error: unknown): boolean {
  return error instanceof TypeError || (error instanceof RestError && error.problem.code === 'unavailable');
}

export function displayFault(fault: Fault): DisplayError {
  const language: Language = i18n.language.startsWith('zh') ? 'zh' : 'en';
  const fields = (fault.errors ?? []).map(({ path, message, sentence }) => ({
    path,
    message: sentence ? localized(message, sentence, language) : fieldMessage(message),
  }));
  return {
    title: i18n.t(`errors:code.${fault.code}`),
    detail: localized(fault.detail, fault.sentence, language),
    code: fault.code,
    fields,
    status: undefined,
  };
}

export function displayError(error: unknown): DisplayError {
  if (error instanceof RestError) return { ...displayFault(error.problem), status: error.problem.status };
  if (isNetworkError(error)) {
    return {
      title: i18n.t('errors:network'),
      detail: i18n.t('errors:networkDetail'),
      code: 'network',
      fields: [],
      status: undefined,
    };
  }
  return {
    title: i18n.t('errors:unknown'),
    detail: error instanceof Error ? error.message : undefined,
    code: 'unknown',
    fields: [],
    status: undefined,
  };
}

/** The sentences of the contract's field rules; what is not known here is shown as the platform said it. */
const fieldSentences: readonly (readonly [RegExp, keyof typeof errors.field])[] = [
  [/^is required$/, 'required'],
  [/^must not be empty$/, 'empty'],
  [/^must have at most (\S+) characters$/, 'maxCharacters'],
  [/^must have at least (\S+) characters$/, 'minCharacters'],
  [/^must start with a letter or digit and hold only/, 'nameShape'],
  [/^must not look like an id$/, 'idShape'],
  [/^must be 2 to 32 characters: lower-case/, 'usernameShape'],
  [/^must be a whole number$/, 'wholeNumber'],
  [/^must be a whole number of bytes$/, 'wholeBytes'],
  [/^must be a number$/, 'number'],
  [/^must be more than 0$/, 'moreThanZero'],
  [/^must be at least (.+)$/, 'atLeast'],
  [/^must be at most (.+)$/, 'atMost'],
  [/^must hold at most (\S+) (?:disks|entries)$/, 'atMostDisks'],
  [/^must be a multiple of (.+?)(?: \(\d+\))?$/, 'multipleOf'],
  [/^must be an absolute path$/, 'absolutePath'],
  [/^must be 64 lower-case hexadecimal digits$/, 'sha256'],
  [/^must be an id or a name$/, 'reference'],
  [/^is too easy to guess: it has fewer than four/, 'passwordFewCharacters'],
  [/^is too easy to guess: it is one row/, 'passwordRow'],
  [/^is too easy to guess: it holds the username/, 'passwordUsername'],
  [/^is too easy to guess: it is one of the most used/, 'passwordCommon'],
  [/^is in use$/, 'inUse'],
  [/^is in use in this pool$/, 'inUseInPool'],
  [/^does not exist$/, 'notFound'],
];

export function fieldMessage(message: string): string {
  for (const [pattern, key] of fieldSentences) {
    const match = pattern.exec(message);
    if (match) return i18n.t(`errors:field.${key}`, { value: match[1] });
  }
  return message;
}
