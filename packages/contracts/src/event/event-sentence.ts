/** The sentence of an event, from the words of its kind and its data. */
import { eventWords } from '../kinds.ts';
import { localized, renderSentence, renderWords } from '../sentences/catalogue.ts';
import { type Language, sentenceSchema } from '../sentences/sentence.ts';
import type { Event } from './event.ts';

/** One of a newer platform is said by its kind, and a value that has no word here by itself. */
export function eventSentence({ kind, data }: Pick<Event, 'kind' | 'data'>, language: Language): string {
  const said = eventWords(kind);
  if (!said) return kind;
  const { longer, words = {} } = said;
  const told = longer && data[longer.with];
  const isLonger =
    longer && told !== undefined && told !== null && told !== '' && !longer.except?.includes(String(told));
  const params = Object.entries(data).map(([name, value]) => {
    const word = name in words ? renderSentence({ key: `${words[name]}.${value}`, params: {} }, language) : undefined;
    return [name, word ?? value] as const;
  });
  const detail = localized(String(data.detail ?? ''), sentenceSchema.safeParse(data.sentence).data, language);
  return renderWords(isLonger ? longer : said, { ...Object.fromEntries(params), detail }, language);
}
