/**
 * Builds a multicast DNS response (RFC 6762), as a pure function: every question is answered, known answers are
 * suppressed (§7.1), and a query from another port than 5353 is a legacy unicast one, answered in plain DNS (§6.7).
 */
import type { MulticastQuestion, MulticastRecord } from './service-records.ts';

const groupPort = 5353;
/** Short TTL for plain DNS clients: they cannot hear a record being withdrawn. */
const legacyTtlSeconds = 10;

export interface Query {
  id: number;
  questions: readonly MulticastQuestion[];
  /** Known-answer list of the query. */
  known: readonly MulticastRecord[];
  /** Source port of the query. */
  port: number;
}

export interface Reply {
  answers: MulticastRecord[];
  /** Additional records, which the asker would query next. */
  additionals: MulticastRecord[];
  /** Unicast reply in plain DNS: the query's id and questions are echoed. */
  legacy?: { id: number; questions: MulticastQuestion[] };
}

const same = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();

function isAnswer({ name, type }: MulticastQuestion, record: MulticastRecord): boolean {
  // `dns-packet` writes 255 so.
  const any = (type as string) === 'ANY';
  return same(name, record.name) && (any || type === undefined || type === record.type);
}

function dataOf(record: MulticastRecord): string {
  if (!('data' in record)) return '';
  const { data } = record;
  if (record.type === 'TXT') return JSON.stringify([data].flat().map(String));
  return typeof data === 'string' ? data.toLowerCase() : JSON.stringify(data, ['target', 'port', 'priority', 'weight']);
}

const ttlOf = (record: MulticastRecord): number => ('ttl' in record && record.ttl) || 0;

/** Known-answer suppression: the asker holds the record with at least half of its TTL left. */
function isKnown(record: MulticastRecord, known: readonly MulticastRecord[]): boolean {
  return known.some(
    (other) =>
      other.type === record.type &&
      same(other.name, record.name) &&
      dataOf(other) === dataOf(record) &&
      ttlOf(other) * 2 >= ttlOf(record),
  );
}

/** Additional records for an answer: for a service its SRV and TXT, for an SRV its addresses. */
function followUps(answers: readonly MulticastRecord[], all: readonly MulticastRecord[]): MulticastRecord[] {
  const wanted = new Set<string>();
  const follow = (records: readonly MulticastRecord[]) => {
    for (const record of records) {
      if (record.type !== 'PTR' && record.type !== 'SRV') continue;
      const name = typeof record.data === 'string' ? record.data : record.data.target;
      if (wanted.has(name.toLowerCase())) continue;
      wanted.add(name.toLowerCase());
      follow(all.filter((other) => same(other.name, name)));
    }
  };
  // Kinds of services lead to the service itself, which is asked for when it is wanted.
  follow(answers.filter(({ name }) => !name.startsWith('_services.')));
  return all.filter((record) => wanted.has(record.name.toLowerCase()) && !answers.includes(record));
}

function asPlainDns(record: MulticastRecord): MulticastRecord {
  return { ...record, ttl: Math.min(ttlOf(record), legacyTtlSeconds), flush: false } as MulticastRecord;
}

/** `undefined` when no record of ours is asked for, or the asker knows them all. */
export function replyTo(query: Query, records: readonly MulticastRecord[]): Reply | undefined {
  const answers = records.filter(
    (record) => query.questions.some((question) => isAnswer(question, record)) && !isKnown(record, query.known),
  );
  if (answers.length === 0) return undefined;
  const additionals = followUps(answers, records).filter((record) => !isKnown(record, query.known));
  if (query.port === groupPort) return { answers, additionals };
  return {
    answers: answers.map(asPlainDns),
    additionals: additionals.map(asPlainDns),
    legacy: { id: query.id, questions: query.questions.map(({ name, type }) => ({ name, type })) },
  };
}
