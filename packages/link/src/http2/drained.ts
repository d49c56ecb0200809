/** Back-pressure of one stream: resolves when its buffer has drained, or when it is closed. */
import type { Writable } from 'node:stream';

export function drained(stream: Writable): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const done = () => {
    stream.off('drain', done);
    stream.off('close', done);
    resolve();
  };
  stream.on('drain', done);
  stream.on('close', done);
  return promise;
}
