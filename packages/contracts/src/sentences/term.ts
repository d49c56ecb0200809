/** The platform's own words for values that people read: states, reasons, steps, kinds. Each stands once, with its kind. */
import { allKinds, type Kind } from '../kinds.ts';
import { renderSentence } from './catalogue.ts';
import type { Language } from './sentence.ts';

/** `instance.state`: an enumeration that a kind has words for. */
export type TermSet = Kind extends infer K
  ? K extends { readonly name: infer Name extends string; readonly words: infer Sets }
    ? `${Name}.${keyof Sets & string}`
    : never
  : never;

/** A value that has no word here, because only a newer platform knows it, stands for itself. */
export function termOf(set: TermSet, value: string, language: Language): string {
  return renderSentence({ key: `word.${set}.${value}`, params: {} }, language) ?? value;
}

/** `instance.create`, as an order: «Create instance». */
export function operationTerm(kind: string, language: Language): string {
  return renderSentence({ key: `operation-kind.${kind}`, params: {} }, language) ?? kind;
}

/** What one of a kind is called where nothing stands before it; a kind of a newer release stands for itself. */
export function kindTitle(kind: string, language: Language): string {
  const noun = allKinds.find(({ name }) => name === kind)?.noun[language] ?? kind;
  return noun.charAt(0).toUpperCase() + noun.slice(1);
}
