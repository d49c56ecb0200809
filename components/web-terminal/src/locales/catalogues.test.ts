/** Both languages say the same things: same pages, same keys, same placeholders; and no word was left untranslated. */
import { describe, expect, it } from 'vitest';

type Words = { [key: string]: string | Words };
const modules = import.meta.glob<{ default: Words }>(['./*-*/*.ts', '../pages/*/{zh-CN,en-US}.ts'], { eager: true });

function flat(words: Words, prefix = ''): Record<string, string> {
  return Object.fromEntries(
    Object.entries(words).flatMap(([key, value]) =>
      typeof value === 'string' ? [[prefix + key, value]] : Object.entries(flat(value, `${prefix}${key}.`)),
    ),
  );
}

function catalogues(language: string): Record<string, Record<string, string>> {
  return Object.fromEntries(
    Object.entries(modules)
      .filter(([path]) => path.includes(language))
      .map(([path, module]) => [path.replace(language, '…'), flat(module.default)]),
  );
}

const chinese = catalogues('zh-CN');
const english = catalogues('en-US');
const placeholders = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]).sort();

it('have the same pages', () => {
  expect(Object.keys(english)).toEqual(Object.keys(chinese));
  expect(Object.keys(chinese).length).toBeGreaterThan(8);
});

describe.each(Object.keys(chinese))('%s', (page) => {
  const zh = chinese[page] ?? {};
  const en = english[page] ?? {};

  it('has the same keys', () => {
    expect(Object.keys(en).sort()).toEqual(Object.keys(zh).sort());
  });

  it('has the same placeholders', () => {
    for (const [key, text] of Object.entries(zh))
      expect([key, placeholders(en[key] ?? '')]).toEqual([key, placeholders(text)]);
  });

  it('holds no empty word, no Chinese in English, and no half-width punctuation between Chinese characters', () => {
    for (const [key, text] of Object.entries(en)) {
      expect(text.trim(), key).not.toBe('');
      if (!key.startsWith('language.')) expect(text, key).not.toMatch(/\p{Script=Han}/u);
    }
    for (const [key, text] of Object.entries(zh)) {
      expect(text.trim(), key).not.toBe('');
      expect(text, key).not.toMatch(/\p{Script=Han}[,;:!?()]|[,;:!?]\p{Script=Han}/u);
    }
  });
});

it('hold no word that no page uses', () => {
  const sources = import.meta.glob<string>(
    ['../**/*.{ts,tsx}', '!../locales/**', '!../pages/*/{zh-CN,en-US}.ts', '!../**/*.test.ts'],
    {
      query: '?raw',
      import: 'default',
      eager: true,
    },
  );
  const text = Object.values(sources).join('\n');
  // Written out, or made from a template such as `instanceState.${state}`.
  const templates = [...text.matchAll(/`(?:\w+:)?([^`\s]*\.\$\{[^`\s]+|\$\{\w+\}\.[^`\s]+)`/g)].map(
    ([, template = '']) => new RegExp(`^${template.replaceAll('.', '\\.').replace(/\$\{[^}]+\}/g, '.+')}$`),
  );
  const used = (key: string) =>
    text.includes(`'${key}'`) || text.includes(`:${key}'`) || templates.some((template) => template.test(key));
  const unused = Object.entries(chinese).flatMap(([page, words]) =>
    Object.keys(words)
      .filter((key) => !used(key))
      .map((key) => `${page}: ${key}`),
  );
  expect(unused).toEqual([]);
});
