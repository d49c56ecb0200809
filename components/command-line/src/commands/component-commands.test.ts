import { expect, test } from 'vitest';
import { type Answer, runCli } from '../testing/run-cli.ts';

const at = '2026-01-01T00:00:00.000Z';
const component = (id: string, type: string, name: string) => ({
  id,
  type,
  name,
  state: 'online',
  since: at,
  addresses: ['10.0.0.1:7000'],
  version: '1.0',
  machine: 'm',
  joinedAt: at,
  clockSkewMs: -1500,
});
const node = component('1', 'node-client', 'rack1');
const gateway = component('2', 'http-gateway', 'rack2');
const page = (...items: object[]) => ({ body: { items, nextCursor: null } });
const operation = {
  id: 'op',
  kind: 'component.remove',
  state: 'succeeded',
  target: { name: 'rack1' },
  error: null,
  steps: [],
};

test('the list is whole, however many pages it comes in', async () => {
  const answer: Answer = ({ call }) =>
    call.includes('cursor=') ? page(gateway) : { body: { items: [node], nextCursor: 'next' } };
  const { out, asked } = await runCli(['component', 'list', '--state', 'online'], answer);
  expect(out.split('\n').map((line) => line.split(/ +/).slice(0, 3))).toMatchObject([
    ['NAME', 'TYPE', 'STATE'],
    ['rack1', 'node-client', 'online'],
    ['rack2', 'http-gateway', 'online'],
    [''],
  ]);
  expect(asked.map(({ call }) => call)).toEqual([
    'GET /components?state=online&limit=500',
    'GET /components?state=online&limit=500&cursor=next',
  ]);
});

test('one component is shown with its clock', async () => {
  const { out } = await runCli(['component', 'show', 'node-client@rack1'], () => ({ body: node }));
  expect(out).toContain('1.5 s behind');
});

test('a removal says whether the machine is lost, and waits for its end unless told not to', async () => {
  const answer: Answer = ({ call }) => ({
    body: { ...operation, state: call.startsWith('POST') ? 'running' : 'succeeded' },
  });
  const waited = await runCli(['component', 'remove', 'rack1', '--lost'], answer);
  expect(waited.out).toBe('component.remove rack1: succeeded (operation op)\n');
  expect(waited.asked[0]).toEqual({ call: 'POST /components/rack1/remove', body: { lost: true } });
  const atOnce = await runCli(['component', 'remove', 'rack1', '--no-wait'], answer);
  expect(atOnce.out).toContain('running');
  expect(atOnce.asked).toEqual([{ call: 'POST /components/rack1/remove', body: { lost: false } }]);
});

test('links are told by name', async () => {
  const answer: Answer = ({ call }) =>
    call.startsWith('GET /links') ? page({ from: '1', to: '2', state: 'suspect', since: at }) : page(node, gateway);
  const { out, asked } = await runCli(['link', 'list', '--component', 'rack1'], answer);
  expect(out).toMatch(/node-client@rack1 +http-gateway@rack2 +suspect +2026-01-01 00:00:00 \+00:00/);
  expect(asked.map(({ call }) => call)).toContain('GET /links?component=rack1&limit=500');
});
