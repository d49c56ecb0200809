import { PassThrough } from 'node:stream';
import { PlatformError } from '@zhiyun/kernel';
import { expect, test } from 'vitest';
import { readLines, type TakeLine } from './read-lines.ts';

const options = { maxBytes: 20, broken: (cause: unknown) => new PlatformError('unavailable', 'broken', { cause }) };

function reading(take: TakeLine) {
  const stream = new PassThrough();
  const read = readLines(stream, options, take);
  read.catch(() => {});
  return { stream, read };
}

test('lines are given in order, however they were cut on their way', async () => {
  const whole = 'one\ntwo\n\nthree\n';
  for (let size = 1; size <= whole.length; size++) {
    const got: string[] = [];
    const { stream, read } = reading((line) => void got.push(String(line)));
    for (let at = 0; at < whole.length; at += size) stream.write(whole.slice(at, at + size));
    stream.end();
    await read;
    expect(got).toEqual(['one', 'two', '', 'three']);
  }
});

test('who takes holds the rest back, and the sender with it', async () => {
  const got: string[] = [];
  let go = Promise.withResolvers<void>();
  const { stream, read } = reading((line) => {
    got.push(String(line));
    return go.promise;
  });
  stream.write('one\ntwo\n');
  await expect.poll(() => got).toEqual(['one']);
  expect(stream.isPaused()).toBe(true);
  const held = go;
  go = Promise.withResolvers<void>();
  stream.end('three\n');
  held.resolve();
  await expect.poll(() => got).toEqual(['one', 'two']);
  go.resolve();
  await read;
  expect(got).toEqual(['one', 'two', 'three']);
});

test('what the taker throws ends the reading, at once or later', async () => {
  const wrong = new RangeError('wrong');
  for (const take of [
    () => {
      throw wrong;
    },
    () => Promise.reject(wrong),
  ]) {
    let taken = 0;
    const { stream, read } = reading(() => {
      taken++;
      return take();
    });
    stream.write('one\ntwo\n');
    await expect(read).rejects.toBe(wrong);
    expect(taken).toBe(1);
  }
});

test('a line that never ends, a stream that breaks', async () => {
  const long = reading(() => {});
  long.stream.write('0123456789');
  long.stream.write('0123456789+');
  await expect(long.read).rejects.toMatchObject({ code: 'payload-too-large' });
  const cause = new Error('cut');
  const torn = reading(() => {});
  torn.stream.destroy(cause);
  await expect(torn.read).rejects.toMatchObject({ code: 'unavailable', cause });
  const closed = reading(() => {});
  closed.stream.destroy();
  await expect(closed.read).rejects.toMatchObject({ code: 'unavailable' });
  const before = new PassThrough().destroy();
  await new Promise((resolve) => before.once('close', resolve));
  await expect(readLines(before, options, () => {})).rejects.toMatchObject({ code: 'unavailable' });
});
