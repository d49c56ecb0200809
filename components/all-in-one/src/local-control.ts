/**
 * The platform's own door on this machine: HTTP on a unix socket that only root can open. `status` and `down` knock here;
 * so a pid file is never trusted with a signal while the platform can answer for itself.
 */

import { once } from 'node:events';
import { chmod, rm } from 'node:fs/promises';
import { createServer, request, type Server } from 'node:http';
import { type ReadyInfo, readyInfoSchema } from './ready-info.ts';

export interface LocalControl {
  info(): ReadyInfo | undefined;
  /** Begins the stop; `progress` lines go to whoever asked. */
  stop(options: { instances: boolean }, progress: (line: string) => void): Promise<void>;
}

export async function serveLocalControl(socketPath: string, control: LocalControl): Promise<Server> {
  await rm(socketPath, { force: true });
  const server = createServer((incoming, answer) => {
    const url = new URL(incoming.url ?? '/', 'http://local');
    if (incoming.method === 'GET' && url.pathname === '/status') {
      const info = control.info();
      answer
        .writeHead(info ? 200 : 503, { 'content-type': 'application/json' })
        .end(JSON.stringify(info ?? { detail: 'starting' }));
      return;
    }
    if (incoming.method === 'POST' && url.pathname === '/stop') {
      answer.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' });
      control
        .stop({ instances: url.searchParams.has('instances') }, (line) => void answer.write(`${line}\n`))
        .catch((error: Error) => void answer.write(`${error.message}\n`))
        .finally(() => answer.end());
      return;
    }
    answer.writeHead(404).end();
  });
  server.listen(socketPath);
  await once(server, 'listening');
  await chmod(socketPath, 0o600);
  return server;
}

/** Answer of the running platform, line by line; `undefined` when nobody listens. */
async function ask(
  socketPath: string,
  method: string,
  path: string,
  onLine: (line: string) => void,
): Promise<number | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
  const outgoing = request({ socketPath, method, path }, (answer) => {
    let rest = '';
    answer.setEncoding('utf8');
    answer.on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) onLine(line);
    });
    answer.once('close', () => {
      if (rest) onLine(rest);
      resolve(answer.statusCode);
    });
  });
  outgoing.once('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') resolve(undefined);
    else reject(error);
  });
  outgoing.end();
  return promise;
}

export async function askStatus(socketPath: string): Promise<ReadyInfo | 'starting' | undefined> {
  let text = '';
  const code = await ask(socketPath, 'GET', '/status', (line) => {
    text += line;
  });
  if (code === undefined) return undefined;
  return code === 200 ? readyInfoSchema.parse(JSON.parse(text)) : 'starting';
}

/** Resolves when the platform has ended; false when none runs. */
export async function askStop(
  socketPath: string,
  instances: boolean,
  onLine: (line: string) => void,
): Promise<boolean> {
  return (await ask(socketPath, 'POST', `/stop${instances ? '?instances' : ''}`, onLine)) !== undefined;
}
