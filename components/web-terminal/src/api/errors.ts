/** Turns whatever was thrown into what a person is shown, in the language of the page. Nothing else words errors. */
import {
  type Fault,
  type FieldError,
  type Language,
  localized,
  recognizeField,
  type Sentence,
} from '@zhiyun/contracts';
import { RestError } from '@zhiyun/contracts/rest';
import i18n from 'i18next';

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

/** The platform took the request and did not answer in time. */
export function isTimeout(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'TimeoutError';
}

/** `fetch` says a cut connection as a TypeError. */
export function isNetworkError(error: unknown): boolean {
  return (
    error instanceof TypeError ||
    isTimeout(error) ||
    (error instanceof RestError && error.problem.code === 'unavailable')
  );
}

export function displayFault(fault: Fault): DisplayError {
  const language = reader();
  const fields = (fault.errors ?? []).map(({ path, message, sentence }) => ({
    path,
    message: fieldMessage(message, sentence),
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
    const late = isTimeout(error);
    return {
      title: i18n.t(late ? 'errors:noAnswer' : 'errors:network'),
      detail: i18n.t(late ? 'errors:noAnswerDetail' : 'errors:networkDetail'),
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

/** A rule of the contract's schemas has no sentence beside it when it is checked here, before anything is sent. */
export function fieldMessage(message: string, sentence: Sentence | undefined = recognizeField(message)): string {
  const said = localized(message, sentence, reader());
  // A name keeps its letters.
  const named = Object.values(sentence?.params ?? {}).some(
    (value) => typeof value === 'string' && said.startsWith(value),
  );
  return named ? said : said.charAt(0).toUpperCase() + said.slice(1);
}

/** A text of the platform, with the sentence that came beside it. */
export function inReadersLanguage(text: string, sentence: Sentence | undefined): string {
  return localized(text, sentence, reader());
}

/** The language of the page, as sentences know it. */
export function reader(): Language {
  return i18n.language.startsWith('zh') ? 'zh' : 'en';
}
