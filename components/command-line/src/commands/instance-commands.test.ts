import { expect, test } from 'vitest';
import { type Answer, runCli } from '../testing/run-cli.ts';
import { instance, operation } from '../testing/samples.ts';
import { diskBytesFor } from './instance-commands.ts';

/** Answers 1,200 instances in pages of what was asked for. */
const many: Answer = ({ call }) => {
  const { searchParams } = new URL(call.slice(4), 'http://x');
  const from = Number(searchParams.get('cursor') ?? 0);
  const until = Math.min(1_200, from + Number(searchParams.get('limit')));
  const items = Array.from({ length: until - from }, (_, index) => instance(`web-${from + index}`));
  return { body: { items, nextCursor: until < 1_200 ? String(until) : null } };
};

test('a list is whole, however long it is', async () => {
  const { out, err, asked } = await runCli(['instance', 'list'], many);
  expect(out.trimEnd().split('\n')).toHaveLength(1_201);
  expect(err).toBe('');
  expect(asked).toHaveLength(3);
  const { out: json } = await runCli(['instance', 'list', '--json'], many);
  expect(JSON.parse(json).items).toHaveLength(1_200);
  expect(JSON.parse(json).nextCursor).toBeNull();
});

test('one that was cut by --limit says so', async () => {
  const { out, err, asked } = await runCli(['instance', 'list', '--limit', '3'], many);
  expect(out.trimEnd().split('\n')).toHaveLength(4);
  expect(err).toContain('3 shown, there are more');
  expect(asked).toMatchObject([{ call: 'GET /instances?limit=3' }]);
});

test('an empty list is said, and is JSON for programs', async () => {
  const none: Answer = () => ({ body: { items: [], nextCursor: null } });
  expect((await runCli(['instance', 'list'], none)).out).toContain('No instance yet');
  expect((await runCli(['instance', 'list', '--json'], none)).out).toBe(
    `${JSON.stringify({ items: [], nextCursor: null }, null, 2)}\n`,
  );
});

test('one instance is shown with its MAC address and its times, in the time of the place', async () => {
  const answer: Answer = () => ({ body: instance('web') });
  const { out } = await runCli(['instance', 'show', 'web'], answer, { env: { TZ: 'Asia/Shanghai' } });
  expect(out).toMatch(/^mac +52:54:00:12:34:56$/m);
  expect(out).toMatch(/^created +2026-01-01 08:00:00 \+08:00$/m);
  expect(out).toMatch(/^disk +1 GiB from debian$/m);
});

test('an instance that could not boot is not made', async () => {
  const refused = await runCli(['instance', 'create', 'web', '--disk', '10GiB'], () => ({}));
  expect(refused).toMatchObject({ code: 2, asked: [] });
  expect(refused.err).toContain('nothing to boot from');
  const begun: Answer = () => ({ status: 202, body: operation('instance.create', 'web') });
  const made = await runCli(['instance', 'create', 'web', '--disk', '10GiB', '--no-start'], begun);
  expect(made.asked[0]?.body).toMatchObject({ memoryBytes: 2 ** 30, cores: 1, start: false });
});

test('a disk is no smaller than its image, and no less than a disk may be', () => {
  expect(diskBytesFor(128 * 1024)).toBe(2 ** 20);
  expect(diskBytesFor(2 ** 20 + 1)).toBe(2 ** 20 + 512);
  expect(diskBytesFor(5 * 2 ** 30)).toBe(5 * 2 ** 30);
});

test('the history of one says what it showed, from when until when, and why', async () => {
  const move = { stopReason: null, operation: null, nodeId: null };
  const items = [
    { ...move, move: 2, from: 'running', to: null, at: '2026-01-01T01:00:00.000Z', until: null, cause: 'operation' },
    {
      ...move,
      move: 1,
      from: null,
      to: 'running',
      at: '2026-01-01T00:00:00.000Z',
      until: '2026-01-01T01:00:00.000Z',
      cause: 'report',
    },
  ];
  const answer: Answer = () => ({ body: { items, nextCursor: null } });
  const { out, asked } = await runCli(['instance', 'history', 'web', '--lang', 'zh'], answer, { env: { TZ: 'UTC' } });
  expect(asked[0]?.call).toMatch(/^GET \/instances\/web\/state-history\?/);
  expect(out).toMatch(/^已删除 .*01:00:00.* - +操作/m);
  expect(out).toMatch(/^运行中 .*00:00:00.*01:00:00.*节点上报/m);
});
