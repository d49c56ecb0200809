/** What a node says of its network, from its report to the API and to the events. */
import type { NetworkFinding, NetworkReport } from '@zhiyun/contracts';
import { nodeSchema } from '@zhiyun/contracts';
import { listEvents } from '@zhiyun/store';
import { waitFor } from '@zhiyun/testkit';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startTestPlatform, type TestPlatform } from '../instance/test-platform.ts';

let test: TestPlatform;
beforeEach(async () => {
  test = await startTestPlatform();
});
afterEach(() => test[Symbol.asyncDispose]());

const at = '2026-01-01T00:00:00.000Z';
const finding = (kind: string, severity: 'warning' | 'error'): NetworkFinding => ({
  kind,
  subject: '',
  severity,
  detail: 'The rules around the guests (nftables table inet zhiyun_x) are gone.',
  sentence: { key: 'network.rules-missing', params: { table: 'inet zhiyun_x' } },
  mend: null,
  mendSentence: null,
  since: at,
});
const missing = finding('rules-missing', 'error');
const blocked = finding('forward-blocked', 'error');
const first: NetworkReport = { life: 'a', sequence: 1, findings: [], changes: [] };

it('shows what is wrong with the node, and tells what was altered by whom and restored', async () => {
  const node = await test.addNode('node-1');
  const shown = async () => test.call('getNode', { params: { id: 'node-1' } });
  expect((await shown()).network).toBeUndefined();
  node.reportNetwork(first);
  await waitFor(async () => (await shown()).network?.length === 0);
  node.reportNetwork({
    ...first,
    sequence: 4,
    findings: [blocked],
    changes: [
      { sequence: 2, at, change: 'altered', finding: missing, by: 'firewalld' },
      { sequence: 3, at, change: 'restored', finding: missing, by: null },
      { sequence: 4, at, change: 'altered', finding: blocked, by: null },
    ],
  });
  const now = await waitFor(async () => {
    const answer = await shown();
    return answer.network?.length === 1 && answer;
  });
  expect(nodeSchema.parse(now).network).toEqual([blocked]);
  expect((await test.call('listNodes', { query: { limit: 10 } })).items[0]?.network).toEqual([blocked]);
  const { items } = await listEvents(test.store, { reader: undefined, limit: 10, subjectKind: 'node' });
  expect(items.slice(0, 3)).toMatchObject([
    { kind: 'node.network-altered', severity: 'error', data: { finding: 'forward-blocked' } },
    { kind: 'node.network-restored', severity: 'info', data: { finding: 'rules-missing' } },
    {
      kind: 'node.network-altered',
      severity: 'error',
      subject: { kind: 'node', name: 'node-1' },
      data: { finding: 'rules-missing', by: 'firewalld', detail: missing.detail, sentence: missing.sentence },
    },
  ]);
});
