import type { ComponentId, DomainId } from '@zhiyun/contracts';
import { describe, expect, it } from 'vitest';
import { type Query, replyTo } from './respond.ts';
import { allRecords, type MulticastRecord, readSuggestions, serviceName } from './service-records.ts';

const domain = { id: '018f0000-0000-7000-8000-00000000d001' as DomainId, name: '致云 one' };
const componentId = '018f0000-0000-7000-8000-00000000c001' as ComponentId;
const records = allRecords({ domain, componentId, port: 7400, hosts: ['10.0.0.5'] });
const instance = `${componentId}.${serviceName}`;
const services = '_services._dns-sd._udp.local';

const ask = (...questions: [name: string, type: string][]): Query => ({
  id: 4711,
  questions: questions.map(([name, type]) => ({ name, type }) as Query['questions'][number]),
  known: [],
  port: 5353,
});
const types = (found: readonly MulticastRecord[] | undefined) => found?.map(({ type }) => type);

describe('a packet of questions', () => {
  it('is answered with everything that a joiner needs', () => {
    const reply = replyTo(ask([serviceName.toUpperCase(), 'PTR']), records);
    expect(types(reply?.answers)).toEqual(['PTR']);
    expect(types(reply?.additionals)).toEqual(['SRV', 'TXT', 'A']);
    expect(readSuggestions([...(reply?.answers ?? []), ...(reply?.additionals ?? [])])).toMatchObject([domain]);
  });

  it('is answered wholly, also when it asks two things', () => {
    const reply = replyTo(ask([services, 'PTR'], [serviceName, 'PTR'], ['printer._ipp._tcp.local', 'SRV']), records);
    expect(reply?.answers.map(({ name }) => name).sort()).toEqual([services, serviceName].sort());
    expect(types(replyTo(ask([instance, 'ANY']), records)?.answers)).toEqual(['SRV', 'TXT']);
    expect(types(replyTo(ask([`${componentId}.local`, 'A']), records)?.answers)).toEqual(['A']);
  });

  it('that is about others, or about what we do not have, is left to them', () => {
    expect(replyTo(ask(['_ipp._tcp.local', 'PTR']), records)).toBeUndefined();
    expect(replyTo(ask([`${componentId}.local`, 'AAAA']), records)).toBeUndefined();
    expect(replyTo(ask(), records)).toBeUndefined();
  });

  it('whose asker knows the answer well is not answered; what it knows is not said again', () => {
    const [pointer, place] = records as [MulticastRecord, MulticastRecord];
    const query = { ...ask([serviceName, 'PTR']), known: [pointer] };
    expect(replyTo(query, records)).toBeUndefined();
    expect(replyTo({ ...query, known: [{ ...pointer, ttl: 59 } as MulticastRecord] }, records)).toBeDefined();
    expect(types(replyTo({ ...query, known: [place] }, records)?.additionals)).toEqual(['TXT', 'A']);
  });

  it('from another port is answered in the terms of plain DNS', () => {
    const reply = replyTo({ ...ask([serviceName, 'PTR']), port: 40_000 }, records);
    expect(reply?.legacy).toEqual({ id: 4711, questions: [{ name: serviceName, type: 'PTR' }] });
    for (const record of [...(reply?.answers ?? []), ...(reply?.additionals ?? [])])
      expect(record).toMatchObject({ ttl: 10, flush: false });
  });
});
