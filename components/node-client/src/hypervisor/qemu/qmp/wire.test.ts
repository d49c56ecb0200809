import { expect, test } from 'vitest';
import { LineSplitter, parseMessage, renderCommand } from './wire.ts';

test('the four kinds of message', () => {
  expect(parseMessage('{"QMP": {"version": {"qemu": {"micro": 22}}, "capabilities": ["oob"]}}')).toEqual({
    kind: 'greeting',
  });
  expect(parseMessage('{"return": {"status": "running"}, "id": 7}')).toEqual({
    kind: 'reply',
    id: 7,
    value: { status: 'running' },
  });
  expect(parseMessage('{"event": "RESET", "timestamp": {"seconds": 1, "microseconds": 2}}')).toEqual({
    kind: 'event',
    event: { name: 'RESET', data: {} },
  });
  expect(parseMessage('{"id": 3, "error": {"class": "GenericError", "desc": "no"}}')).toEqual({
    kind: 'failure',
    id: 3,
    errorClass: 'GenericError',
    description: 'no',
  });
});

test('anything else is refused', () => {
  for (const line of ['{}', '[]', 'null', 'hello', '{"return": {}}', '{"event": 5}']) {
    expect(() => parseMessage(line), line).toThrow();
  }
});

test('lines are cut wherever the stream was', () => {
  const lines = new LineSplitter();
  expect(lines.push('{"a"')).toEqual([]);
  expect(lines.push(':1}\r\n\r\n{"b":2}\n{"c')).toEqual(['{"a":1}', '{"b":2}']);
  expect(lines.push('":3}\n')).toEqual(['{"c":3}']);
});

test('a line without end is refused before it fills the memory', () => {
  const lines = new LineSplitter();
  const megabyte = 'x'.repeat(1024 * 1024);
  expect(() => {
    for (let count = 0; count < 9; count++) lines.push(megabyte);
  }).toThrow('over');
});

test('a command is one line', () => {
  expect(renderCommand(1, 'quit', undefined)).toBe('{"execute":"quit","id":1}\n');
});
