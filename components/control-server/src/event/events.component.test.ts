import type { Event } from '@zhiyun/contracts';
import { waitFor } from '@zhiyun/testkit';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestControlServer, type TestControlServer } from '../testing/test-control-server.ts';

let test: TestControlServer;
beforeAll(async () => {
  test = await startTestControlServer();
});
afterAll(() => test[Symbol.asyncDispose]());

/** Reads the feed until it ends; `events` grows meanwhile. */
async function openFeed(token: string, headers: Record<string, string> = {}) {
  const answer = await test.fetch('/api/v1/events', {
    headers: { accept: 'text/event-stream', authorization: `Bearer ${token}`, ...headers },
  });
  expect(answer.headers.get('content-type')).toContain('text/event-stream');
  const feed = { events: [] as Event[], resets: 0, ended: false };
  async function read(body: ReadableStream<Uint8Array>): Promise<void> {
    let text = '';
    const decoder = new TextDecoder();
    for await (const part of body) {
      text += decoder.decode(part, { stream: true });
      const frames = text.split('\n\n');
      text = frames.pop() ?? '';
      for (const frame of frames) {
        const data = /^data: (.*)$/m.exec(frame)?.[1];
        if (/^event: reset$/m.test(frame)) feed.resets++;
        else if (data) feed.events.push(JSON.parse(data));
      }
    }
    feed.ended = true;
  }
  if (answer.body) read(answer.body).catch(() => {});
  return feed;
}
const addPool = (name: string) => test.admin.createComputePool({ body: { name } });
const names = (events: readonly Event[]) =>
  events.filter(({ kind }) => kind === 'compute-pool.created').map(({ subject }) => subject.name);

it('the feed brings what happens, and after a break what was missed', async () => {
  const feed = await openFeed(test.adminToken);
  await addPool('pool-1');
  await waitFor(() => names(feed.events).includes('pool-1'));
  const last = feed.events.find(({ subject }) => subject.name === 'pool-1')?.seq;
  await addPool('pool-2');
  const later = await openFeed(test.adminToken, { 'last-event-id': String(last) });
  await addPool('pool-3');
  await waitFor(() => names(later.events).includes('pool-3'));
  expect(names(later.events)).toEqual(['pool-2', 'pool-3']);
  const { items } = await test.admin.listEvents({ query: { kind: 'compute-pool.created' } });
  expect(names(items)).toEqual(['pool-3', 'pool-2', 'pool-1']);
});

it('what is about a kind that only a newer release knows is passed on', async () => {
  await sql`insert into event (kind, severity, subject_kind, subject_id, subject_name, data)
    values ('router.joined', 'info', 'router', 'r-1', 'edge', '{}')`.execute(test.store.db);
  const { items } = await test.admin.listEvents({ query: { kind: 'router.joined' } });
  expect(items).toMatchObject([{ kind: 'router.joined', subject: { kind: 'router', name: 'edge' } }]);
});

it('the feed of a user ends within 2 s of the session', async () => {
  await test.newUser('ann', 'viewer');
  const { token } = await test.signIn('ann', 'correct horse');
  const feed = await openFeed(token);
  await addPool('pool-4');
  await waitFor(() => names(feed.events).includes('pool-4'));
  const revokedAt = performance.now();
  await test.admin.deleteUser({ params: { id: 'ann' } });
  await waitFor(() => feed.ended);
  expect(performance.now() - revokedAt).toBeLessThan(10_000);
});

it('a number that was never given does not make the feed deaf', async () => {
  const feed = await openFeed(test.adminToken, { 'last-event-id': '123456789' });
  await addPool('pool-5');
  await waitFor(() => names(feed.events).includes('pool-5'));
  expect(feed.resets).toBe(1);
});

it('a broken Last-Event-ID is refused', async () => {
  const headers = { accept: 'text/event-stream', authorization: `Bearer ${test.adminToken}`, 'last-event-id': 'x' };
  const answer = await test.fetch('/api/v1/events', { headers });
  expect(await answer.json()).toMatchObject({ code: 'invalid-request', errors: [{ path: 'Last-Event-ID' }] });
});
