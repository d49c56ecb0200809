import { type ErrorCode, errorCodes } from '@zhiyun/contracts';
import type { Catalogue } from '../catalogue.ts';
import type zh from '../zh-CN/errors.ts';

const code = Object.fromEntries(Object.entries(errorCodes).map(([name, { title }]) => [name, title])) as Record<
  ErrorCode,
  string
>;

export default {
  code,
  network: 'The platform cannot be reached',
  networkDetail: 'Check your network and try again.',
  unknown: 'Something unexpected happened',
  field: {
    empty: 'Must not be empty',
    maxCharacters: 'Must have at most {{value}} characters',
    minCharacters: 'Must have at least {{value}} characters',
    nameShape: 'Must start with a letter or digit and hold only letters, digits, ".", "_" and "-"',
    idShape: 'Must not look like an ID',
    usernameShape: 'Must be 2 to 32 characters: lower-case letters, digits, ".", "_", "-", starting with a letter',
    wholeNumber: 'Must be a whole number',
    wholeBytes: 'Must be a whole number of bytes',
    number: 'Must be a number',
    atLeast: 'Must be at least {{value}}',
    atMost: 'Must be at most {{value}}',
    atMostDisks: 'Must hold at most {{value}} disks',
    multipleOf: 'Must be a multiple of {{value}}',
    moreThanZero: 'Must be more than 0',
    absolutePath: 'Must be an absolute path, starting with “/”',
    sha256: 'Must be 64 lower-case hexadecimal digits',
    reference: 'Must be an ID or a name',
    passwordFewCharacters: 'Too easy to guess: fewer than four different characters',
    passwordRow: 'Too easy to guess: one row of characters that follow each other',
    passwordUsername: 'Too easy to guess: it holds the username',
    passwordCommon: 'Too easy to guess: one of the most used passwords',
    inUse: 'The name is in use',
    inUseInPool: 'An instance of this pool has this name',
    notFound: 'Does not exist',
    required: 'Required',
  },
} satisfies Catalogue<typeof zh>;
