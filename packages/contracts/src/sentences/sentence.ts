/**
 * Sentences that the platform says to people, in every language it speaks. A sentence travels as its key and parameters; whoever shows
 * it renders it in the reader's language. English is rendered beside it (`detail`, `message`) for logs and for clients without the catalogue.
 *
 * A template holds `{name}` and `{name|bytes}`: the value as it is, or formatted. A value may be a sentence, or a list of them.
 */
import { z } from 'zod';
import { formatBytes } from '../units.ts';

export const languages = ['en', 'zh'] as const;
export type Language = (typeof languages)[number];

export type Words = { readonly [L in Language]: string };

/** Open: a newer server may say what this catalogue does not hold; then the English beside it is shown. */
export const sentenceSchema = z.object({ key: z.string(), params: z.record(z.string(), z.unknown()).default({}) });
export type Sentence = z.output<typeof sentenceSchema>;

type ParamValue = string | number | Sentence | readonly Sentence[];
type PlaceholderOf<Template extends string> = Template extends `${string}{${infer Place}}${infer Rest}`
  ? Place | PlaceholderOf<Rest>
  : never;
type NameOf<Place> = Place extends `${infer Name}|${string}` ? Name : Place;

/** The parameters that a template asks for, read off its English words; those to be formatted are numbers. */
export type ParamsOf<Template extends string> = {
  [Place in PlaceholderOf<Template> as NameOf<Place> & string]: Place extends `${string}|${Format}`
    ? number
    : ParamValue;
};

const formats = {
  bytes: (value: number) => formatBytes(value),
  /** Whole seconds are enough for people. */
  seconds: (value: number, language: Language) =>
    language === 'zh' ? `${Math.ceil(value)} 秒` : `${Math.ceil(value)} s`,
  percent: (value: number) => `${Math.round(value * 100)}%`,
} satisfies Record<string, (value: number, language: Language) => string>;
type Format = keyof typeof formats;

const listSeparators: Words = { en: '; ', zh: '；' };
const placeholder = /\{(\w+)(?:\|(\w+))?\}/g;

/** `words(key)` answers the words of a key, or undefined for one that is not known. */
export function renderTemplate(
  { key, params }: Sentence,
  language: Language,
  words: (key: string) => Words | undefined,
): string | undefined {
  const template = words(key)?.[language];
  if (template === undefined) return undefined;
  return template.replace(placeholder, (_, name: string, format?: string) => {
    const value = params[name];
    if (format !== undefined) return formats[format as Format](Number(value), language);
    const parts = (Array.isArray(value) ? value : [value]).map((part: unknown) => {
      const nested = sentenceSchema.safeParse(part);
      if (!nested.success) return String(part ?? '');
      return renderTemplate(nested.data, language, words) ?? nested.data.key;
    });
    return parts.join(listSeparators[language]);
  });
}

/** The names of all placeholders, with their formats: both languages must hold the same. */
export function placeholdersOf(template: string): string[] {
  return [...new Set([...template.matchAll(placeholder)].map(([place]) => place))].sort();
}

/** Keeps the templates' literal types, from which the parameters follow. */
export function defineSentences<const S extends Record<string, Words>>(sentences: S): S {
  return sentences;
}
