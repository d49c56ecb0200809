import { expect, test } from 'vitest';
import { type Evidence, finalRunStates, machineEnd } from './machine-end.ts';
import { lastWordsOf } from './machine-files.ts';

const nothing: Evidence = {
  finalState: undefined,
  killRequested: false,
  signalled: false,
  exit: null,
  outOfMemory: false,
  lastWords: null,
};

test('what the guest did comes before what we did, and that before what happened to it', () => {
  const killed = { code: null, signal: 'SIGKILL' } as const;
  const shutdown = finalRunStates.shutdown;
  expect(machineEnd({ ...nothing, finalState: shutdown, killRequested: true, exit: killed }).reason).toBe(
    'guest-shutdown',
  );
  expect(machineEnd({ ...nothing, killRequested: true, exit: killed })).toEqual({ reason: 'killed', detail: null });
  expect(machineEnd({ ...nothing, signalled: true, exit: { code: 0, signal: null } }).reason).toBe('killed');
  expect(machineEnd({ ...nothing, exit: killed, outOfMemory: true }).detail).toMatch(/memory/);
  expect(machineEnd({ ...nothing, exit: killed })).toEqual({
    reason: 'crashed',
    detail: 'QEMU was killed by SIGKILL.',
  });
});

test('a crash tells the exit status, where it is known, and the last words', () => {
  const lastWords = 'Out of memory';
  expect(machineEnd({ ...nothing, lastWords }).detail).toBe('QEMU ended unexpectedly. Its last words: Out of memory');
  expect(machineEnd({ ...nothing, exit: { code: 1, signal: null } }).detail).toBe('QEMU ended with status 1.');
});

test('last words are without time stamps, warnings and our own notes', () => {
  const log = [
    '# 2026-01-01T00:00:00.000Z start 0',
    '2026-01-01T00:00:01.123456Z qemu-system-x86_64: warning: old',
    '2026-01-01T00:00:01.123456Z qemu-system-x86_64: -blockdev {"a":{}}: Could not open disk',
    '',
  ].join('\n');
  expect(lastWordsOf(log)).toBe('Could not open disk');
  expect(lastWordsOf('# only ours\n')).toBeNull();
  const path = "Could not open '/var/lib/zhiyun/node-client/instances/1/disk-0.qcow2': I/O error at 3/4";
  expect(lastWordsOf(path)).toBe("Could not open 'disk-0.qcow2': I/O error at 3/4");
});
