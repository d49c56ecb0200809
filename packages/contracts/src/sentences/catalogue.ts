/** All sentences. A domain's sentences lie in its own file; keys begin with the domain. */
import { commonSentences } from './common.ts';
import { componentSentences } from './component.ts';
import { computePoolSentences } from './compute-pool.ts';
import { fieldSentences } from './field.ts';
import { gatewaySentences } from './gateway.ts';
import { hostSentences } from './host.ts';
import { identitySentences } from './identity.ts';
import { imageSentences } from './image.ts';
import { instanceSentences } from './instance.ts';
import { kindSentences } from './kinds.ts';
import { machineSentences } from './machine.ts';
import { networkSentences } from './network.ts';
import { nodeSentences } from './node.ts';
import { nounSentences } from './noun.ts';
import { operationSentences } from './operation.ts';
import { placementSentences } from './placement.ts';
import { refusalSentences } from './refusal.ts';
import { restSentences } from './rest.ts';
import { type Language, type ParamsOf, renderTemplate, type Sentence, type Words } from './sentence.ts';
import { storageSentences } from './storage.ts';
import { versionSentences } from './version.ts';

export const catalogue = {
  ...commonSentences,
  ...kindSentences,
  ...nounSentences,
  ...nodeSentences,
  ...fieldSentences,
  ...restSentences,
  ...gatewaySentences,
  ...identitySentences,
  ...computePoolSentences,
  ...componentSentences,
  ...imageSentences,
  ...placementSentences,
  ...refusalSentences,
  ...instanceSentences,
  ...networkSentences,
  ...machineSentences,
  ...versionSentences,
  ...operationSentences,
  ...hostSentences,
  ...storageSentences,
} as const;

export type SentenceKey = keyof typeof catalogue;
type ParamsOfKey<K extends SentenceKey> = ParamsOf<(typeof catalogue)[K]['en']>;

/** `say('instance.unknown', { reference: 'web-1' })`. Parameters are checked against the template. */
export function say<K extends SentenceKey>(
  key: K,
  ...[params]: keyof ParamsOfKey<K> extends never ? [] : [ParamsOfKey<K>]
): Sentence {
  return { key, params: params ?? {} };
}

/** Undefined for a sentence that a newer platform says: show the English that came beside it. */
export function renderSentence(sentence: Sentence, language: Language): string | undefined {
  return renderTemplate(sentence, language, (key) => (catalogue as Record<string, Words>)[key]);
}

/** Words that are no sentence of the catalogue (of an event), filled in. */
export function renderWords(words: Words, params: Sentence['params'], language: Language): string {
  return renderTemplate({ key: '', params }, language, (key) =>
    key === '' ? words : (catalogue as Record<string, Words>)[key],
  ) as string;
}

/** A text that came with or without its sentence, in the reader's language. */
export function localized(text: string, sentence: Sentence | undefined, language: Language): string {
  return (sentence && renderSentence(sentence, language)) ?? text;
}
