export { catalogue, localized, renderSentence, type SentenceKey, say } from './catalogue.ts';
export { recognizeField } from './field.ts';
export { type Language, languages, type Sentence, sentenceSchema } from './sentence.ts';
export { kindTitle, operationTerm, type TermSet, termOf } from './term.ts';
