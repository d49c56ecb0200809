/**
 * The platform's words in the language of the page. Who shows one calls `useTranslation` too, and so is drawn anew when the language is
 * changed.
 */
import { type Event, eventSentence, kindTitle, operationTerm, type TermSet, termOf } from '@zhiyun/contracts';
import { reader } from '../api/errors.ts';

export const term = (set: TermSet, value: string): string => termOf(set, value, reader());
export const operationName = (kind: string): string => operationTerm(kind, reader());
export const kindName = (kind: string): string => kindTitle(kind, reader());
export const sentenceOf = (event: Event): string => eventSentence(event, reader());
