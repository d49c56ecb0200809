import { expect, test } from 'vitest';
import { catalogue, localized, renderSentence, say } from './catalogue.ts';
import { placeholdersOf, renderTemplate, type Words } from './sentence.ts';

test.each(Object.entries(catalogue) as [string, Words][])('%s asks for the same in both languages', (key, words) => {
  expect(placeholdersOf(words.zh)).toEqual(placeholdersOf(words.en));
  if (/[A-Za-z]/.test(words.en.replaceAll(/\{.*?\}/g, ''))) expect(words.zh, key).toMatch(/\p{Script=Han}/u);
  expect(words.en).not.toMatch(/\p{Script=Han}/u);
});

test('a sentence is said in either language', () => {
  const sentence = say('instance.unknown', { reference: 'web-1' });
  expect(renderSentence(sentence, 'en')).toBe('There is no instance «web-1».');
  expect(renderSentence(sentence, 'zh')).toBe('没有云主机“web-1”。');
});

test('parameters follow from the template', () => {
  // @ts-expect-error: the parameter is missing
  say('instance.unknown', {});
  // @ts-expect-error: no such key
  expect(say('nothing').key).toBe('nothing');
});

test('values are formatted, and sentences hold sentences', () => {
  const words: Record<string, Words> = {
    short: { en: '{free|bytes} free', zh: '剩余 {free|bytes}' },
    full: { en: 'Full: {reasons}.', zh: '已满：{reasons}。' },
  };
  const short = { key: 'short', params: { free: 2 ** 30 } };
  const full = { key: 'full', params: { reasons: [short, short] } };
  expect(renderTemplate(full, 'en', (key) => words[key])).toBe('Full: 1 GiB free; 1 GiB free.');
  expect(renderTemplate(full, 'zh', (key) => words[key])).toBe('已满：剩余 1 GiB；剩余 1 GiB。');
});

test('what a newer platform says is shown as it came', () => {
  expect(localized('Moon is full.', { key: 'moon.full', params: {} }, 'zh')).toBe('Moon is full.');
  expect(localized('Moon is full.', undefined, 'zh')).toBe('Moon is full.');
});
