import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { QmpClosedError, QmpCommandError, QmpTimeoutError } from './errors.ts';
import { QmpMonitor } from './monitor.ts';
import type { QmpEvent } from './wire.ts';

type Command = { execute: string; id: number };
const greeting = '{"QMP": {"version": {}, "capabilities": []}}\n';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'qmp-'));
});
afterEach(() => rm(directory, { recursive: true }));

/** A QEMU that says `hello` and then answers each command with what `answer` writes. */
async function listen(answer: (command: Command, socket: Socket) => void, hello = greeting) {
  const path = join(directory, 'qmp.sock');
  const server = createServer((socket) => {
    socket.write(hello);
    socket.setEncoding('utf8').on('data', (text: string) => {
      for (const line of text.trim().split('\n')) answer(JSON.parse(line), socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return { path, [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())) };
}
const reply = (command: Command, value: unknown) => `${JSON.stringify({ return: value, id: command.id })}\n`;

test('answers find their commands, in whatever order; events keep theirs', async () => {
  const held: Command[] = [];
  await using qemu = await listen((command, socket) => {
    if (command.execute === 'qmp_capabilities') return void socket.write(reply(command, {}));
    held.push(command);
    const [first, second] = held;
    if (first === undefined || second === undefined) return;
    socket.write('{"event": "STOP", "data": {}}\n{"event": "RESUME", "data": {}}\n');
    socket.write(reply(second, { status: 'paused', running: false }) + reply(first, []));
  });
  const events: QmpEvent[] = [];
  const monitor = await QmpMonitor.open(qemu.path, (event) => events.push(event));
  const answers = await Promise.all([monitor.execute('query-blockstats'), monitor.execute('query-status')]);
  expect(answers).toEqual([[], { status: 'paused', running: false }]);
  expect(events.map(({ name }) => name)).toEqual(['STOP', 'RESUME']);
  monitor.close();
});

test('a refused command, and one cut off by the end of QEMU', async () => {
  await using qemu = await listen((command, socket) => {
    if (command.execute === 'qmp_capabilities') socket.write(reply(command, {}));
    if (command.execute === 'cont') {
      socket.write(`${JSON.stringify({ id: command.id, error: { class: 'GenericError', desc: 'not now' } })}\n`);
    }
    if (command.execute === 'quit') socket.destroy();
  });
  const monitor = await QmpMonitor.open(qemu.path, () => {});
  await expect(monitor.execute('cont')).rejects.toThrow(new QmpCommandError('cont', 'GenericError', 'not now'));
  await expect(monitor.execute('quit')).rejects.toThrow(QmpClosedError);
  await monitor.closed;
  await expect(monitor.execute('cont')).rejects.toThrow(QmpClosedError);
});

test('somebody who listens but never greets', async () => {
  await using qemu = await listen(() => {}, '');
  await expect(QmpMonitor.open(qemu.path, () => {}, 20)).rejects.toThrow(QmpTimeoutError);
});

test('something that is not QMP ends the connection', async () => {
  await using qemu = await listen((_command, socket) => void socket.write('SSH-2.0\n'));
  await expect(QmpMonitor.open(qemu.path, () => {})).rejects.toThrow(QmpClosedError);
});

test('nobody there', async () => {
  await expect(QmpMonitor.open(join(directory, 'none.sock'), () => {})).rejects.toThrow('ENOENT');
});
