/**
 * The load generator, a process of its own inside a host. It is open-loop: requests leave when they are due, however slow the
 * answers are, so that a pause of the server is seen as what clients would see. Reads the plan as one line from standard
 * input, then runs until standard input ends; writes every answer as one line.
 */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import { createInterface } from 'node:readline';
import type { LoadAnswer, LoadPlan, LoadRequest } from './load-plan.ts';

const tickMs = 5;

async function send(plan: LoadPlan, agent: http.Agent, request: LoadRequest, number: number, due: number) {
  const fill = (text: string) => text.replaceAll('{n}', String(number));
  const url = new URL(fill(request.path), plan.baseUrls[number % plan.baseUrls.length]);
  const body = request.body === undefined ? undefined : fill(JSON.stringify(request.body));
  const idempotencyKey = request.method === 'POST' ? randomUUID() : undefined;
  const headers = {
    ...(plan.token && { authorization: `Bearer ${plan.token}` }),
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...(idempotencyKey && { 'idempotency-key': idempotencyKey }),
  };
  const answer: LoadAnswer = {
    number,
    name: request.name,
    at: performance.timeOrigin + due,
    ms: 0,
    status: 0,
    ...(idempotencyKey && { idempotencyKey }),
  };
  try {
    const signal = AbortSignal.timeout(plan.timeoutMs ?? 30_000);
    const client = url.protocol === 'https:' ? https : http;
    const outgoing = client.request(url, { method: request.method, headers, agent, signal }).end(body);
    const [incoming] = (await once(outgoing, 'response')) as [http.IncomingMessage];
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    answer.status = incoming.statusCode ?? 0;
    describe(answer, Buffer.concat(chunks).toString());
  } catch (error) {
    answer.status = 0;
    answer.code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
  answer.ms = performance.now() - due;
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

function describe(answer: LoadAnswer, text: string): void {
  if (answer.name.startsWith('list') || text === '') return;
  const { code, id, target } = JSON.parse(text) as { code?: string; id?: string; target?: { id?: string } };
  if (code) answer.code = code;
  if (id) answer.id = id;
  if (target?.id) answer.target = target.id;
}

const lines = createInterface({ input: process.stdin });
const [first] = await once(lines, 'line');
const plan = JSON.parse(String(first)) as LoadPlan;
const secure = plan.baseUrls.some((url) => url.startsWith('https:'));
const agent = secure
  ? new https.Agent({ keepAlive: true, ...(plan.ca && { ca: plan.ca }) })
  : new http.Agent({ keepAlive: true });
const wheel = plan.requests.flatMap((request) => Array.from({ length: request.weight ?? 1 }, () => request));

const begun = performance.now();
const open = new Set<Promise<void>>();
let number = 0;
const timer = setInterval(() => {
  for (;;) {
    const due = begun + (number * 1000) / plan.ratePerSecond;
    const request = wheel[number % wheel.length];
    if (due > performance.now() || !request) return;
    const sending = send(plan, agent, request, number++, due).finally(() => open.delete(sending));
    open.add(sending);
  }
}, tickMs);

await once(lines, 'close');
clearInterval(timer);
await Promise.all(open);
agent.destroy();
