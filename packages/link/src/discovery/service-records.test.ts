import type { ComponentId, DomainId } from '@zhiyun/contracts';
import { describe, expect, it } from 'vitest';
import { encodeAnnouncement, type MulticastRecord, readSuggestions } from './service-records.ts';

const domain = { id: '018f0000-0000-7000-8000-00000000d001' as DomainId, name: '致云 one' };
const componentId = '018f0000-0000-7000-8000-00000000c001' as ComponentId;
const announcement = { domain, componentId, port: 7400, hosts: ['10.0.0.5', '2001:db8::5'] };

function changed(change: (record: MulticastRecord) => MulticastRecord | undefined): MulticastRecord[] {
  return encodeAnnouncement(announcement).flatMap((record) => change(record) ?? []);
}
function withText(...text: (string | Buffer)[]): MulticastRecord[] {
  return changed((record) => (record.type === 'TXT' ? { ...record, data: text } : record));
}

describe('records of a Data Server', () => {
  it('are read back as what was announced', () => {
    expect(readSuggestions(encodeAnnouncement(announcement))).toEqual([
      {
        ...domain,
        dataServers: [
          { host: '10.0.0.5', port: 7400 },
          { host: '2001:db8::5', port: 7400 },
        ],
      },
    ]);
  });

  it('fit into the strings of a TXT record whatever the domain is called', () => {
    const long = encodeAnnouncement({ ...announcement, domain: { ...domain, name: '云'.repeat(500) } });
    const text = long.find(({ type }) => type === 'TXT');
    if (text?.type !== 'TXT') throw new Error('no TXT record');
    for (const part of [text.data].flat()) expect(Buffer.from(part).length).toBeLessThanOrEqual(255);
    expect(readSuggestions(long)).toHaveLength(1);
  });

  it('of a goodbye suggest nothing', () => {
    expect(readSuggestions(encodeAnnouncement(announcement, 0))).toEqual([]);
  });

  it.each<[string, MulticastRecord[]]>([
    ['no address', changed((record) => (record.type === 'A' || record.type === 'AAAA' ? undefined : record))],
    ['no TXT', changed((record) => (record.type === 'TXT' ? undefined : record))],
    ['no SRV', changed((record) => (record.type === 'SRV' ? undefined : record))],
    [
      'port 0',
      changed((record) => (record.type === 'SRV' ? { ...record, data: { ...record.data, port: 0 } } : record)),
    ],
    ['an id that is none', withText('domain=../../etc', 'name=a', 'v=1')],
    ['no name', withText(`domain=${domain.id}`)],
    ['a name that would write on a terminal', withText(`domain=${domain.id}`, 'name=\u001b[2J')],
    ['an endless name', withText(`domain=${domain.id}`, `name=${'a'.repeat(200)}`)],
    ['bytes that are no text', withText(Buffer.from([0xff, 0x00, 0x3d]))],
    [
      'a group as address',
      changed((record) =>
        record.type === 'A' ? { ...record, data: '224.0.0.1' } : record.type === 'AAAA' ? undefined : record,
      ),
    ],
    [
      'another service',
      changed((record) => (record.type === 'SRV' ? { ...record, name: 'printer._ipp._tcp.local' } : record)),
    ],
  ])('with %s suggest nothing', (_what, records) => {
    expect(readSuggestions(records)).toEqual([]);
  });

  it('are limited in number', () => {
    const flood = Array.from({ length: 500 }, (_, index) =>
      encodeAnnouncement({
        ...announcement,
        componentId: `018f0000-0000-7000-8000-${String(index).padStart(12, '0')}` as ComponentId,
      }),
    ).flat();
    expect(readSuggestions(flood)).toHaveLength(16);
  });
});
