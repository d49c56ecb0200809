/** What a caller makes of answers of another release. */
import { nodeClientLink } from '@zhiyun/contracts/links';
import { expect, test } from 'vitest';
import { createLinkClient } from './client.ts';
import type { Session } from './session.ts';

function clientOf(items: readonly unknown[]) {
  const stream: Session['stream'] = async (_method, _params, take) => {
    for (const item of items) await take(item);
  };
  return createLinkClient(nodeClientLink, () => ({ stream }) as unknown as Session);
}
const gone = { type: 'gone', instanceId: '00000000-0000-7000-8000-000000000001', sequence: 1 };

async function heardOf(items: readonly unknown[]): Promise<unknown[]> {
  const heard: unknown[] = [];
  await clientOf(items).watch({}, (item) => void heard.push(item));
  return heard;
}

test('a stream goes on without items of a kind that came later, and without fields that did', async () => {
  expect(
    await heardOf([
      { type: 'weather', degrees: 7 },
      { ...gone, because: 'moved' },
    ]),
  ).toEqual([gone]);
});

test('but not with an item that is none', async () => {
  for (const item of [{ type: 'gone' }, { type: 7 }, {}, null, 'gone'])
    await expect(heardOf([item]), JSON.stringify(item)).rejects.toMatchObject({ code: 'internal' });
});
