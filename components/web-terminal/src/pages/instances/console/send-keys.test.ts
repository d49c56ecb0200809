import { expect, it, vi } from 'vitest';
import { chordGroups, ctrlAltDel, keysOfText } from './keys.ts';
import { press, typeText } from './send-keys.ts';

function keyboard() {
  const sent: string[] = [];
  return {
    sent,
    sendKey: (keysym: number, code: string, down: boolean) =>
      sent.push(`${down ? '+' : '-'}${code}:${keysym.toString(16)}`),
  };
}

it('presses a chord in order and lets go the other way round', () => {
  const keys = keyboard();
  press(keys, ctrlAltDel.keys);
  expect(keys.sent).toEqual([
    '+ControlLeft:ffe3',
    '+AltLeft:ffe9',
    '+Delete:ffff',
    '-Delete:ffff',
    '-AltLeft:ffe9',
    '-ControlLeft:ffe3',
  ]);
});

it('types what stands on a US keyboard, with Shift where that is needed', async () => {
  const keys = keyboard();
  await typeText(keys, 'aB1!\n', { signal: new AbortController().signal, sleep: async () => {} });
  expect(keys.sent.filter((each) => each.startsWith('+'))).toEqual([
    '+KeyA:61',
    '+ShiftLeft:ffe1',
    '+KeyB:42',
    '+Digit1:31',
    '+ShiftLeft:ffe1',
    '+Digit1:21',
    '+Enter:ff0d',
  ]);
  const printable = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join('');
  expect(keysOfText(printable)).toMatchObject({ impossible: [] });
  expect(keysOfText(printable).strokes).toHaveLength(95);
});

it('knows what no key types, and takes every kind of line end for one Enter', () => {
  expect(keysOfText('pä中ä').impossible).toEqual(['ä', '中']);
  expect(keysOfText('a\r\nb\rc\n').strokes).toHaveLength(6);
});

it('stops in the middle when told to', async () => {
  const keys = keyboard();
  const stopping = new AbortController();
  const onProgress = vi.fn((done: number) => done === 3 && stopping.abort());
  await typeText(keys, 'abcdef', { signal: stopping.signal, onProgress, sleep: async () => {} });
  expect(onProgress).toHaveBeenLastCalledWith(3, 6);
});

it('offers the function keys by their own codes', () => {
  const names = chordGroups.flatMap(({ chords }) => chords.map(({ name }) => name));
  expect(new Set(names).size).toBe(names.length);
  const f12 = chordGroups.at(-1)?.chords.at(-1);
  expect(f12).toEqual({ name: 'F12', keys: [{ keysym: 0xffc9, code: 'F12' }] });
});
