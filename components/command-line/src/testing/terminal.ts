/** A program on a terminal of its own, typed into as a person does. */
import { spawn } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';

export interface Terminal extends AsyncDisposable {
  type(text: string): void;
  /** Resolves with what has come since the last time once it fits. */
  says(pattern: RegExp): Promise<string>;
}

export function openTerminal(command: string, env: NodeJS.ProcessEnv): Terminal {
  const child = spawn('script', ['-qfec', command, '/dev/null'], { env: { ...env, TERM: 'xterm', COLUMNS: '120' } });
  let text = '';
  let changed = Promise.withResolvers<void>();
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    // The bell may ring in the middle of a word.
    text += stripVTControlCharacters(part).replaceAll('\u0007', '');
    changed.resolve();
  });
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  child.once('close', () => {
    resolve();
    changed.resolve();
  });
  return {
    type: (keys) => void child.stdin.write(keys),
    async says(pattern) {
      while (!pattern.test(text)) {
        if (child.exitCode !== null) throw new Error(`${command} has ended; it said: ${text}`);
        changed = Promise.withResolvers<void>();
        await changed.promise;
      }
      const said = text;
      text = '';
      return said;
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
