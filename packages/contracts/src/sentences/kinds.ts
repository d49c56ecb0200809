/** Sentences that kinds say of themselves: their noun, their operations, the words of their states, and whatever else of theirs. */
import { allKinds, type Kind } from '../kinds.ts';
import type { Words } from './sentence.ts';

type Nouns = { readonly [K in Kind as `noun.${K['name']}`]: K['noun'] };
type Together<Union> = (Union extends unknown ? (one: Union) => void : never) extends (all: infer All) => void
  ? All
  : never;
type Own = Together<Kind extends infer K ? (K extends { readonly sentences: infer Own } ? Own : never) : never>;
/** Only these are said with checked parameters; the rest is found by what an event or an operation holds. */
type Said = Nouns & (unknown extends Own ? unknown : Own);

export const kindSentences = Object.fromEntries(
  allKinds.flatMap(({ name, noun, operations = {}, words = {}, sentences = {} }): [string, Words][] => [
    [`noun.${name}`, noun],
    ...Object.entries(operations).map(([what, said]): [string, Words] => [`operation-kind.${name}.${what}`, said]),
    ...Object.entries(words).flatMap(([set, each]) =>
      Object.entries(each).map(([value, said]): [string, Words] => [`word.${name}.${set}.${value}`, said]),
    ),
    ...Object.entries(sentences),
  ]),
) as unknown as Said;
