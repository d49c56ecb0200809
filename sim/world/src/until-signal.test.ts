import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';

const module = new URL('./until-signal.ts', import.meta.url).href;

/** A program that says what it does, and is sent `signal` at each of these words. */
async function said(signal: NodeJS.Signals, at: readonly string[]): Promise<string[]> {
  const program = `
    import { setTimeout as sleep } from 'node:timers/promises';
    const { untilSignal } = await import(${JSON.stringify(module)});
    const start = async () => {
      console.log('starting');
      await sleep(200);
      return { async [Symbol.asyncDispose]() { console.log('ending'); await sleep(200); console.log('ended'); } };
    };
    await untilSignal(start, async () => { console.log('at work'); await sleep(${at.includes('at work') ? 3_600_000 : 1}); });
    console.log('done');`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  const words: string[] = [];
  for await (const word of createInterface(child.stdout)) {
    words.push(word);
    if (at.includes(word)) child.kill(signal);
  }
  const [code, by] = await closed;
  return [...words, `${by ?? code}`];
}

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('by %s what was started ends, once', async (signal) => {
  expect(await said(signal, ['at work'])).toEqual(['starting', 'at work', 'ending', 'ended', '1']);
});

test('what is starting is waited for, and set to no work; a second signal does not break off its end', async () => {
  expect(await said('SIGINT', ['starting', 'ending'])).toEqual(['starting', 'ending', 'ended', '1']);
});

test('without a signal it ends with its work', async () => {
  expect(await said('SIGINT', [])).toEqual(['starting', 'at work', 'ending', 'ended', 'done', '0']);
});
