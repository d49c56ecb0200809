/**
 * The host's own door on this machine: HTTP on a unix socket that only root can open. `status`, `down`, `join` and `database
 * move` knock here; so a pid file is never trusted with a signal while the host can answer for itself. What is asked for is
 * answered line by line (NDJSON): progress, then how it went.
 */
import { once } from 'node:events';
import { chmod, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { type Fault, faultSchema, say } from '@zhiyun/contracts';
import { linkAddressSchema } from '@zhiyun/contracts/links';
import { errorFromFault, faultOf, longestSocketPath, PlatformError } from '@zhiyun/kernel';
import { z } from 'zod';
import { hostRoles } from './host-record.ts';
import { type ReadyInfo, readyInfoSchema } from './ready-info.ts';

/** What may be asked of a running host. */
const orders = {
  stop: z.object({ instances: z.boolean() }),
  /** Roles to take, of the domain it belongs to. */
  join: z.object({
    roles: z.array(z.enum(hostRoles)),
    token: z.string().optional(),
    dataServers: z.array(linkAddressSchema),
    domainName: z.string().optional(),
  }),
  'database-move': z.object({ to: z.string() }),
} as const;
type Orders = typeof orders;
export type Order = keyof Orders;
export type OrderOf<Name extends Order> = z.output<Orders[Name]>;
export type Progress = (line: string) => void;

export interface LocalControl {
  /** Undefined while it starts. */
  info(): ReadyInfo | undefined;
  orders: { [Name in Order]: (order: OrderOf<Name>, progress: Progress) => Promise<void> };
}

const lineSchema = z.union([
  z.object({ progress: z.string() }),
  z.object({ failed: faultSchema }),
  z.object({ done: z.literal(true) }),
]);
type Line = z.infer<typeof lineSchema>;

export async function serveLocalControl(socketPath: string, control: LocalControl): Promise<Server> {
  if (Buffer.byteLength(socketPath) > longestSocketPath)
    throw new PlatformError(
      'invalid-request',
      say('host.home-too-long', { path: socketPath, longest: longestSocketPath }),
    );
  await rm(socketPath, { force: true });
  // No connection waits for another question: whoever stops would have to wait for its end.
  const server = createServer({ keepAlive: false }, (incoming, answer) => {
    answer.shouldKeepAlive = false;
    void respond(control, incoming, answer);
  });
  server.listen(socketPath);
  await once(server, 'listening');
  await chmod(socketPath, 0o600);
  return server;
}

async function respond(control: LocalControl, incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
  const name = incoming.url?.slice(1) ?? '';
  if (incoming.method === 'GET' && name === 'status') {
    const info = control.info();
    answer.writeHead(info ? 200 : 503, { 'content-type': 'application/json' });
    answer.end(JSON.stringify(info ?? { detail: 'starting' }));
    return;
  }
  if (incoming.method !== 'POST' || !Object.hasOwn(orders, name)) {
    answer.writeHead(404).end();
    return;
  }
  const tell = (line: Line) => void answer.write(`${JSON.stringify(line)}\n`);
  answer.writeHead(200, { 'content-type': 'application/x-ndjson' });
  try {
    await carryOut(control, name as Order, await json(incoming), (progress) => tell({ progress }));
    tell({ done: true });
  } catch (error) {
    tell({ failed: faultOf(error) });
  } finally {
    answer.end();
  }
}

async function carryOut<Name extends Order>(
  control: LocalControl,
  name: Name,
  body: unknown,
  progress: Progress,
): Promise<void> {
  await control.orders[name](orders[name].parse(body) as OrderOf<Name>, progress);
}

/** Each line of the answer; undefined when nobody listens there. */
async function ask(
  socketPath: string,
  { method, path, body }: { method: string; path: string; body?: unknown },
  onLine: (line: string) => void,
): Promise<number | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
  const outgoing = request({ socketPath, method, path, agent: false }, (answer) => {
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
  outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  return promise;
}

export async function askStatus(socketPath: string): Promise<ReadyInfo | 'starting' | undefined> {
  let text = '';
  const code = await ask(socketPath, { method: 'GET', path: '/status' }, (line) => {
    text += line;
  });
  if (code === undefined) return undefined;
  return code === 200 ? readyInfoSchema.parse(JSON.parse(text)) : 'starting';
}

/** Resolves when it is done; false when no host runs here. Throws what the host says, `unavailable` when it ended meanwhile. */
export async function askHost<Name extends Order>(
  socketPath: string,
  name: Name,
  order: OrderOf<Name>,
  progress: Progress,
): Promise<boolean> {
  let outcome: { failed: Fault } | { done: true } | undefined;
  const code = await ask(socketPath, { method: 'POST', path: `/${name}`, body: order }, (text) => {
    const line = lineSchema.parse(JSON.parse(text));
    if ('progress' in line) progress(line.progress);
    else outcome = line;
  });
  if (code === undefined) return false;
  if (outcome && 'failed' in outcome) throw errorFromFault(outcome.failed);
  if (!outcome) throw new PlatformError('unavailable', 'The host ended before it had answered; see its log.');
  return true;
}
