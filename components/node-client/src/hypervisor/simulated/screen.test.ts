import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { expect, test } from 'vitest';
import { openScreen, type Seen } from './screen.ts';

function machine(name: string): Seen & { keysyms: number[] } {
  const keysyms: number[] = [];
  return { spec: { name }, keysyms, pressKey: (keysym) => keysyms.push(keysym) };
}

async function read(screen: Duplex, length: number): Promise<Buffer> {
  for (;;) {
    const bytes: Buffer | null = screen.read(length);
    if (bytes !== null) return bytes;
    await once(screen, 'readable');
  }
}

test('a viewer opens it and gets the whole picture; bytes may come in any pieces', async () => {
  const screen = openScreen(machine('web'));
  expect((await read(screen, 12)).toString()).toBe('RFB 003.008\n');
  screen.write('RFB 003');
  screen.write('.008\n');
  expect([...(await read(screen, 2))]).toEqual([1, 1]);
  screen.write(Buffer.from([1]));
  expect((await read(screen, 4)).readUInt32BE()).toBe(0);
  screen.write(Buffer.from([1]));
  const init = await read(screen, 27);
  expect([init.readUInt16BE(0), init.readUInt16BE(2), init.subarray(24).toString()]).toEqual([320, 200, 'web']);

  const encodings = Buffer.from([2, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 1]);
  const key = Buffer.from([4, 1, 0, 0, 0, 0, 0, 65]);
  const clipboard = Buffer.from([6, 0, 0, 0, 0, 0, 0, 2, 104, 105]);
  const onlyChanges = Buffer.from([3, 1, 0, 0, 0, 0, 1, 64, 0, 200]);
  const everything = Buffer.from([3, 0, 0, 0, 0, 0, 1, 64, 0, 200]);
  for (const byte of Buffer.concat([encodings, key, clipboard, everything, onlyChanges]))
    screen.write(Buffer.from([byte]));
  const header = await read(screen, 16);
  expect([header.readUInt16BE(2), header.readUInt16BE(8), header.readUInt16BE(10)]).toEqual([1, 320, 200]);
  await read(screen, 320 * 200 * 4);
  expect(screen.read()).toBeNull();
});

test('something that is not a viewer is cut', async () => {
  const screen = openScreen(machine('web'));
  screen.write(Buffer.concat([Buffer.alloc(14), Buffer.from([99])]));
  await expect(once(screen, 'close')).rejects.toThrow('Not an RFB client');
});

test('a key is taken, and shown to a viewer who has asked for what is new', async () => {
  const seen = machine('web');
  const screen = openScreen(seen);
  screen.write(Buffer.concat([Buffer.from('RFB 003.008\n'), Buffer.from([1, 1])]));
  await read(screen, 12 + 2 + 4 + 27);
  const ask = (incremental: 0 | 1) => screen.write(Buffer.from([3, incremental, 0, 0, 0, 0, 1, 64, 0, 200]));
  ask(0);
  const [before] = (await read(screen, 16 + 320 * 200 * 4)).subarray(16);
  ask(1);
  screen.write(Buffer.from([4, 1, 0, 0, 0, 0, 0, 65, 4, 0, 0, 0, 0, 0, 0, 65]));
  const [after] = (await read(screen, 16 + 320 * 200 * 4)).subarray(16);
  expect(after).not.toBe(before);
  expect(seen.keysyms).toEqual([65]);
});
