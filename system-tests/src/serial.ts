/** A conversation with an instance's serial console through the gateway, as any program would hold it. */
import { WebSocket } from 'ws';
import type { Platform } from './platform.ts';

export interface SerialConsole extends Disposable {
  /** Everything received so far. */
  readonly text: string;
  /** Resolves with the match once the text (from the last match on) fits. */
  expect(pattern: RegExp, timeoutMs?: number): Promise<RegExpExecArray>;
  type(text: string): void;
}

export async function openSerial(platform: Platform, id: string): Promise<SerialConsole> {
  const { url } = await platform.client.createSerialTicket({ params: { id } });
  const socket = new WebSocket(url, { ca: platform.ca });
  let text = '';
  let position = 0;
  let arrived = Promise.withResolvers<void>();
  socket.on('message', (bytes: Buffer) => {
    text += bytes.toString('latin1');
    arrived.resolve();
    arrived = Promise.withResolvers<void>();
  });
  const opened = Promise.withResolvers<void>();
  socket.once('open', () => opened.resolve());
  socket.once('error', (error) => opened.reject(error));
  await opened.promise;
  return {
    get text() {
      return text;
    },
    async expect(pattern, timeoutMs = 60_000) {
      const deadline = AbortSignal.timeout(timeoutMs);
      for (;;) {
        const match = pattern.exec(text.slice(position));
        if (match) {
          position += match.index + match[0].length;
          return match;
        }
        const late = Promise.withResolvers<never>();
        const onAbort = () =>
          late.reject(
            new Error(`no ${pattern} on the serial console within ${timeoutMs} ms; it said: ${text.slice(-600)}`),
          );
        deadline.addEventListener('abort', onAbort, { once: true });
        try {
          await Promise.race([arrived.promise, late.promise]);
        } finally {
          deadline.removeEventListener('abort', onAbort);
        }
      }
    },
    type: (typed) => socket.send(typed),
    [Symbol.dispose]: () => socket.terminate(),
  };
}
