/** What of a fault may be told to somebody who may not even be signed in. The names of the database's servers, and its paths, are for the log. */
import type { Fault } from '../errors.ts';
import { renderSentence, say } from '../sentences/index.ts';

export function publicFault(fault: Fault): Fault {
  if (fault.code !== 'database-unavailable') return fault;
  const sentence = say(
    fault.detail.endsWith(changeUnknown) ? 'gateway.database-away-change-unknown' : 'gateway.database-away',
  );
  return { ...fault, sentence, detail: renderSentence(sentence, 'en') ?? sentence.key };
}

/** How the store ends its words where a commit may or may not have been kept. */
export const changeUnknown = 'Whether the last change was kept is not known yet.';
