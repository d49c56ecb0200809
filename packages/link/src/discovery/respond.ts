/**
 * What a responder of multicast DNS says to a packet of questions (RFC 6762): every question of it is answered, what the asker knows
 * already is left out (§7.1), and an asker on another port than 5353 is no neighbour of the group but a plain DNS client, which is answered
 * directly in its own terms (§6.7). Pure: sending is in `announce-domain.ts`.
 */
import type { MulticastQuestion, MulticastRecord } from './service-records.ts';

const groupPort = 5353;
/** A plain DNS client must not keep for long what it cannot hear being withdrawn. */
const legacyTtlSeconds = 10;

export interface Query {
  id: number;
  questions: readonly MulticastQuestion[];
  /** What the asker knows already. */
  known: readonly MulticastRecord[];
  /** Where it asks from. */
  port: number;
}

export interface Reply {
  answers: MulticastRecord[];
  /** What the asker would ask for next. */
  additionals: MulticastRecord[];
  /** To the asker alone, in the terms of plain DNS: its id and its questions come back with the answer. */
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

/** It is known with at least half of its life before it; what is about to run out is told anew. */
function isKnown(record: MulticastRecord, known: readonly MulticastRecord[]): boolean {
  return known.some(
    (other) =>
      other.type === record.type &&
      same(other.name, record.name) &&
      dataOf(other) === dataOf(record) &&
      ttlOf(other) * 2 >= ttlOf(record),
  );
}

/** Records that an answer leads to: of a service its instances' places and texts, of a place its addresses. */
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

/** Undefined: nothing of this is ours to say, or nothing is new to the asker. */
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
