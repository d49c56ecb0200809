/** Which kinds an event makes out of date: what somebody shows of them is to be fetched again. */
import { allKinds, type KindName } from '../kinds.ts';
import type { Event } from './event.ts';

/** Its subject's, its own (a token is made: the event is about the domain), the operation's, and what each of these drags along. */
export function staleKinds({ kind, subject, operation }: Pick<Event, 'kind' | 'subject' | 'operation'>): KindName[] {
  const touched = ['event', subject.kind, kind.split('.', 1)[0], ...(operation === null ? [] : ['operation'])];
  const known = allKinds.filter(({ name }) => touched.includes(name));
  return [...new Set(known.flatMap(({ name, stale = [] }) => [name, ...stale]))] as KindName[];
}
