import { say } from '@zhiyun/contracts';
import { expect, test } from 'vitest';
import { findingsOf } from './guest-network-check.ts';

const fault = { subject: '', part: 'table' } as const;

test('each fault is said with its mend; what the platform mends by itself is said so', () => {
  const findings = findingsOf({
    guests: 2,
    faults: [
      {
        ...fault,
        kind: 'rules-missing',
        severity: 'error',
        sentence: say('network.rules-missing', { table: 'inet x' }),
      },
      {
        ...fault,
        kind: 'no-resolvers',
        severity: 'warning',
        sentence: say('network.no-resolvers', { file: '/etc/resolv.conf' }),
        mend: say('network.mend.resolvers'),
      },
    ],
  });
  expect(findings).toMatchObject([
    { status: 'missing', detail: expect.stringContaining('inet x'), mend: expect.stringContaining('by itself') },
    {
      status: 'limited',
      detail: expect.stringContaining('/etc/resolv.conf'),
      mend: expect.stringContaining('nameserver'),
    },
  ]);
  expect(findingsOf({ guests: 2, faults: [] })).toMatchObject([
    { status: 'ok', detail: 'as it is wanted, with 2 guests' },
  ]);
  expect(findingsOf({ guests: null, faults: [] })).toMatchObject([{ status: 'ok' }]);
});
