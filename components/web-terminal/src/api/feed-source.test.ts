import { expect, it } from 'vitest';
import { feedParser } from './feed-source.ts';

function parsed(...pieces: string[]): string[] {
  const events: string[] = [];
  const parse = feedParser((data) => events.push(data));
  for (const piece of pieces) parse(piece);
  return events;
}

it('gives each event once it is whole, however it was cut into pieces', () => {
  expect(parsed('id: 1\ndata: {"a":1}\n\nid: 2\nda', 'ta: {"b":', '2}\n', '\n')).toEqual(['{"a":1}', '{"b":2}']);
});

it('knows keep-alives, lines of many lines and every kind of line end', () => {
  expect(parsed(': connected\n\n: keep-alive\n\n')).toEqual([]);
  expect(parsed('data: one\ndata:two\n\n')).toEqual(['one\ntwo']);
  expect(parsed('data: x\r\n\r\n')).toEqual(['x']);
});

it('gives a reset like any other event: its data say what it is', () => {
  expect(parsed('event: reset\nid: 5\ndata: {"reset":true,"seq":5}\n\n')).toEqual(['{"reset":true,"seq":5}']);
});
