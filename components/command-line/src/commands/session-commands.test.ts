import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';

const main = new URL('../main.ts', import.meta.url).pathname;

test('a login whose input ends without a password says so', async () => {
  const login = spawn(process.execPath, [main, 'login', '--url', 'https://127.0.0.1:1'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const [said, [code]] = await Promise.all([text(login.stderr), once(login, 'exit')]);
  expect(said).toContain('No password was given');
  expect(code).toBe(2);
});
