/** Errors in both languages. The sentences of the contract's own field rules must all be known here. */
import {
  createComputePoolSchema,
  createImageSchema,
  createInstanceSchema,
  importImageSchema,
  problemOf,
  say,
} from '@zhiyun/contracts';
import { RestError } from '@zhiyun/contracts/rest';
import i18n from 'i18next';
import { beforeAll, describe, expect, it } from 'vitest';
import en from '../locales/en-US/errors.ts';
import zh from '../locales/zh-CN/errors.ts';
import { displayError, fieldMessage, isNetworkError, isSessionLost } from './errors.ts';

beforeAll(async () => {
  await i18n.init({
    lng: 'zh-CN',
    ns: ['errors'],
    resources: { 'zh-CN': { errors: zh }, 'en-US': { errors: en } },
    interpolation: { escapeValue: false },
  });
});

describe('displayError', () => {
  it('titles a problem by its code and keeps the detail', () => {
    const problem = problemOf({ code: 'target-busy', detail: 'web-1 is being stopped by operation 7.' });
    expect(displayError(new RestError(problem))).toEqual({
      title: '另一个操作正在处理该资源',
      detail: 'web-1 is being stopped by operation 7.',
      code: 'target-busy',
      fields: [],
      status: 409,
    });
  });

  it('says a cut connection and the unforeseen', () => {
    expect(displayError(new TypeError('Failed to fetch'))).toMatchObject({ code: 'network', title: '无法连接到平台' });
    expect(displayError(new Error('odd'))).toMatchObject({ code: 'unknown', detail: 'odd' });
    expect(displayError('odd')).toMatchObject({ code: 'unknown', detail: undefined });
  });

  it('tells a lost session and a lost connection from other errors', () => {
    const lost = new RestError(problemOf({ code: 'not-authenticated', detail: '' }));
    expect([isSessionLost(lost), isNetworkError(lost)]).toEqual([true, false]);
    expect([isSessionLost(new TypeError()), isNetworkError(new TypeError())]).toEqual([false, true]);
  });
});

describe('fieldMessage', () => {
  it('words the rules of the contract in the language of the page', async () => {
    expect(fieldMessage('must be at least 1 MiB')).toBe('不能小于 1 MiB');
    expect(fieldMessage('must be a multiple of 1 MiB (1048576)')).toBe('须为 1 MiB（1048576 字节）的整数倍');
    await i18n.changeLanguage('en-US');
    expect(fieldMessage('must be at least 1 MiB')).toBe('Must be at least 1 MiB');
    await i18n.changeLanguage('zh-CN');
  });

  it('keeps the letters of a name', () => {
    const sentence = say('placement.node-reason', { node: 'node-1', reason: 'offline' });
    expect(fieldMessage('node-1: offline', sentence)).toBe('node-1：offline');
  });

  it('shows a sentence it does not know as it is', () => {
    expect(fieldMessage('is unheard of')).toBe('Is unheard of');
  });

  it.each([
    [createInstanceSchema, { name: '-', cores: 0, memoryBytes: 5, disks: [{ sizeBytes: 3, image: '' }], iso: '' }],
    [
      createInstanceSchema,
      { name: '', cores: 1.5, memoryBytes: 2 ** 50, disks: Array(9).fill({ sizeBytes: 2 ** 50 }) },
    ],
    [createInstanceSchema, { name: 'x'.repeat(64), cores: 999, memoryBytes: 2 ** 30 + 1 }],
    [createInstanceSchema, { name: '01930000-0000-7005-8000-000000000089', cores: 1, memoryBytes: 2 ** 30 }],
    [createComputePoolSchema, { name: 'p', cpuOvercommit: 0, diskOvercommit: 99 }],
    [createImageSchema, { name: 'i', kind: 'iso', sizeBytes: 1, sha256: 'x' }],
    [importImageSchema, { name: 'i', kind: 'iso', path: 'relative' }],
  ] as const)('knows every sentence of rule set %#', (schema, wrong) => {
    const issues = schema.safeParse(wrong).error?.issues ?? [];
    expect(issues.length).toBeGreaterThan(0);
    for (const { message, path } of issues) expect(fieldMessage(message), path.join('.')).toMatch(/\p{Script=Han}/u);
  });
});
