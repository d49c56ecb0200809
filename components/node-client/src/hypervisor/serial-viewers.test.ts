import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { SerialViewers } from './serial-viewers.ts';

test('a viewer gets the past, then what comes, then the end', async () => {
  const viewers = new SerialViewers((_bytes, done) => done());
  viewers.show(Buffer.from('booting '));
  const early = viewers.open();
  viewers.show(Buffer.from('login:'));
  const late = viewers.open();
  viewers.end();
  expect(await text(early)).toBe('booting login:');
  expect(await text(late)).toBe('booting login:');
  expect(await text(viewers.open())).toBe('booting login:');
});

test('many type, and each waits for its own bytes to be taken', async () => {
  const typed: string[] = [];
  const viewers = new SerialViewers((bytes, done) => {
    typed.push(bytes.toString());
    setImmediate(done);
  });
  const [one, other] = [viewers.open(), viewers.open()];
  one.write('a');
  other.write('b');
  await Promise.all([
    new Promise((resolve) => one.write('c', resolve)),
    new Promise((resolve) => other.write('d', resolve)),
  ]);
  expect(typed.sort()).toEqual(['a', 'b', 'c', 'd']);
});

test('who does not read is cut; who reads is not', async () => {
  const viewers = new SerialViewers((_bytes, done) => done());
  const [asleep, awake] = [viewers.open(), viewers.open()];
  let seen = 0;
  awake.on('data', (bytes: Buffer) => {
    seen += bytes.length;
  });
  const cut = once(asleep, 'error');
  const chunk = Buffer.alloc(64 * 1024);
  for (let count = 0; count < 64; count++) {
    viewers.show(chunk);
    await new Promise(setImmediate);
  }
  expect((await cut)[0]).toMatchObject({ code: 'unavailable' });
  expect(seen).toBe(64 * chunk.length);
  expect(awake.destroyed).toBe(false);
});
