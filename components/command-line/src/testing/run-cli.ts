/** The CLI as its users run it, signed in at a platform that a test makes up. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json, text } from 'node:stream/consumers';

/** It makes the bundle anew where a source is newer. */
export const launcher = new URL('../../../../zhiyun', import.meta.url).pathname;

export interface Asked {
  /** `GET /components?limit=500`, without the prefix of the API. */
  call: string;
  body: unknown;
}
/** What the platform answers; a `status` from 400 on makes it a problem. */
export type Answer = (asked: Asked) => { status?: number; body?: unknown };

export interface FakePlatform extends AsyncDisposable {
  readonly url: string;
  readonly asked: readonly Asked[];
}

export async function fakePlatform(answer: Answer): Promise<FakePlatform> {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const body = request.headers['content-type'] ? await json(request) : undefined;
    const question = { call: `${request.method} ${request.url?.replace('/api/v1', '')}`, body };
    asked.push(question);
    const { status = 200, body: answered } = answer(question);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answered));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

export interface Ended {
  out: string;
  err: string;
  code: number;
}
export interface RunOptions {
  env?: NodeJS.ProcessEnv;
  /** Default: nothing, as from a script. */
  input?: string;
}

/** With a configuration of its own and in English, unless `env` says otherwise. */
export async function run(args: readonly string[], { env, input }: RunOptions): Promise<Ended> {
  const { ZHIYUN_HOME: _, ...rest } = process.env;
  const cli = spawn(launcher, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...rest, LC_ALL: 'C', TZ: 'UTC', ...env },
  });
  cli.stdin.end(input);
  const [out, err, [code]] = await Promise.all([text(cli.stdout), text(cli.stderr), once(cli, 'exit')]);
  return { out, err, code: code as number };
}

/** A directory for XDG_CONFIG_HOME, with the session that a CLI before there were contexts has left. */
export async function configHome(session?: object): Promise<{ path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'zhiyun-cli-'));
  await mkdir(join(path, 'zhiyun'));
  if (session) await writeFile(join(path, 'zhiyun', 'session.json'), JSON.stringify(session));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

export async function runCli(args: readonly string[], answer: Answer, options: RunOptions = {}) {
  await using platform = await fakePlatform(answer);
  await using config = await configHome({ url: platform.url, token: 't', username: 'admin' });
  const ended = await run(args, { ...options, env: { XDG_CONFIG_HOME: config.path, ...options.env } });
  return { ...ended, asked: platform.asked };
}
