/** The CLI as its users run it, signed in at a platform that a test makes up. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json, text } from 'node:stream/consumers';

const main = new URL('../main.ts', import.meta.url).pathname;

export interface Asked {
  /** `GET /components?limit=500`, without the prefix of the API. */
  call: string;
  body: unknown;
}
/** What the platform answers; a `status` from 400 on makes it a problem. */
export type Answer = (asked: Asked) => { status?: number; body?: unknown };

export async function runCli(args: readonly string[], answer: Answer) {
  await using ends = new AsyncDisposableStack();
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const body = request.headers['content-type'] ? await json(request) : undefined;
    const question = { call: `${request.method} ${request.url?.replace('/api/v1', '')}`, body };
    asked.push(question);
    const { status = 200, body: answered } = answer(question);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answered));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.defer(() => void server.close());

  const configHome = await mkdtemp(join(tmpdir(), 'zhiyun-cli-'));
  ends.defer(() => rm(configHome, { recursive: true }));
  await mkdir(join(configHome, 'zhiyun'));
  const session = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, token: 't', username: 'admin' };
  await writeFile(join(configHome, 'zhiyun', 'session.json'), JSON.stringify(session));

  const cli = spawn(process.execPath, [main, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, XDG_CONFIG_HOME: configHome },
  });
  const [out, err, [code]] = await Promise.all([text(cli.stdout), text(cli.stderr), once(cli, 'exit')]);
  return { out, err, code: code as number, asked };
}
