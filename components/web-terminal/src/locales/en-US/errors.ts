import { type ErrorCode, errorCodes } from '@zhiyun/contracts';
import type { Catalogue } from '../catalogue.ts';
import type zh from '../zh-CN/errors.ts';

const code = Object.fromEntries(Object.entries(errorCodes).map(([name, { title }]) => [name, title])) as Record<
  ErrorCode,
  string
>;

export default {
  code,
  noAnswer: 'The platform did not answer in time',
  noAnswerDetail: 'The request may have been carried out all the same: look at the operations before you try again.',
  network: 'The platform cannot be reached',
  networkDetail: 'Check your network and try again.',
  unknown: 'Something unexpected happened',
} satisfies Catalogue<typeof zh>;
