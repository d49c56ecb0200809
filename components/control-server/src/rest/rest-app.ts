/**
 * The public API: one loop over the route table, nothing by hand. Per request: policy → session → permission → parse →
 * handler → answer cut to its schema. Built apart from any listener: the link mounts `handler`, tests use `inject`.
 */

import { createHash } from 'node:crypto';
import { createServer, type Http2Server } from 'node:http2';
import swagger from '@fastify/swagger';
import { say } from '@zhiyun/contracts';
import {
  apiPrefix,
  bearerChallenge,
  problemCodeHeader,
  type Route,
  type RouteName,
  routes,
  routesAt,
} from '@zhiyun/contracts/rest';
import { type Logger, PlatformError } from '@zhiyun/kernel';
import type { PlainHandler } from '@zhiyun/link';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { eventReader } from '../event/event-handlers.ts';
import {
  type EventStreamRequest,
  type EventStreams,
  eventStreamType,
  lastEventId,
  wantsEventStream,
} from '../event/event-stream.ts';
import { type Authenticate, admit, clientAddressOf, originOf, refuseCrossSite } from './admission.ts';
import { routeSchema, swaggerOptions } from './openapi.ts';
import { problemContentType, problemFrom } from './problem.ts';
import type { Principal, RestHandlers, RestRequest } from './rest-handlers.ts';
import { parseStrictJson } from './strict-json.ts';
import { parseRequestPart, wrongHeader } from './validation.ts';

const maxBodyBytes = 256 * 1024;
const maxIdempotencyKeyLength = 200;

export interface RestAppOptions {
  handlers: RestHandlers;
  authenticate: Authenticate;
  eventStreams: EventStreams;
  /** Of the product. */
  version: string;
  log: Logger;
}

type App = FastifyInstance<Http2Server>;
type Request = FastifyRequest<Record<never, never>, Http2Server>;
type Reply = FastifyReply<Record<never, never>, Http2Server>;
/** The row's own types end at the loop: the table proves that parser and handler belong together. */
type AnyHandler = (request: RestRequest) => Promise<unknown>;

export interface RestApp extends AsyncDisposable {
  readonly handler: PlainHandler;
  readonly inject: App['inject'];
  /** The OpenAPI document. */
  readonly document: () => object;
}

export async function buildRestApp(options: RestAppOptions): Promise<RestApp> {
  const { log } = options;
  const principals = new WeakMap<Request, Principal>();
  let handler: PlainHandler | undefined;
  const app: App = Fastify({
    http2: true,
    serverFactory(listener) {
      handler = listener;
      return createServer();
    },
    bodyLimit: maxBodyBytes,
    routerOptions: { maxParamLength: 1000 },
    frameworkErrors: (error, request, reply) => answerProblem(error, request, reply),
  });

  function answerProblem(error: unknown, request: { method: string; url: string }, reply: Reply) {
    const problem = problemFrom(error, { method: request.method, path: pathOf(request.url) }, log);
    const retryAfter = problem.retryAfterSeconds ?? (problem.status === 503 || problem.status === 429 ? 1 : undefined);
    if (retryAfter !== undefined) reply.header('retry-after', String(retryAfter));
    if (problem.status === 401) reply.header('www-authenticate', bearerChallenge);
    reply.header(problemCodeHeader, problem.code);
    return reply.code(problem.status).type(problemContentType).send(problem);
  }

  app.setValidatorCompiler<z.ZodType>(({ schema, httpPart }) => (input) => {
    if (httpPart !== 'params' && httpPart !== 'querystring' && httpPart !== 'body') return { value: input };
    // Fastify's word for "no body" is null.
    return { value: parseRequestPart(schema, httpPart, input ?? undefined) };
  });
  app.setSerializerCompiler<z.ZodType>(({ schema, method, url }) => (answer) => {
    const result = schema.safeParse(answer);
    if (!result.success) throw new Error(`The answer of ${method} ${url} breaks its contract`, { cause: result.error });
    return JSON.stringify(result.data);
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, async (_: Request, text: string) =>
    parseStrictJson(text),
  );

  app.setErrorHandler((error, request, reply) => answerProblem(error, request, reply));
  app.setNotFoundHandler((request, reply) => {
    const allowed = methodsAt(pathOf(request.url));
    if (allowed.length > 0) reply.header('allow', allowed.join(', '));
    const error =
      allowed.length > 0
        ? new PlatformError(
            'method-not-allowed',
            say('rest.method', { allowed: allowed.join(', '), method: request.method }),
          )
        : new PlatformError('not-found', say('rest.nothing-here', { path: pathOf(request.url) }));
    return answerProblem(error, request, reply);
  });
  app.addHook('onRequest', async (_, reply) => {
    reply.header('cache-control', 'no-store').header('x-content-type-options', 'nosniff');
  });
  app.addHook('onResponse', async (request, reply) => {
    if (request.method === 'GET' || request.method === 'HEAD') return;
    const user = principals.get(request)?.username;
    const client = clientAddressOf(request.headers);
    const facts = { method: request.method, path: pathOf(request.url), status: reply.statusCode, user, client };
    log.info({ ...facts, ms: Math.round(reply.elapsedTime) }, 'request');
  });

  await app.register(swagger, swaggerOptions(options.version));
  app.get(`${apiPrefix}/openapi.json`, { schema: { hide: true } }, async () => app.swagger());

  for (const [name, route] of Object.entries(routes) as [RouteName, Route][]) {
    const handle = options.handlers[name] as AnyHandler;
    app.route({
      method: route.method,
      url: apiPrefix + route.path.replace(/\{(\w+)\}/g, ':$1'),
      schema: routeSchema(name, route),
      async onRequest(request: Request) {
        refuseCrossSite(request.method, request.headers);
        const principal = await admit(route.policy, request.headers, options.authenticate);
        if (principal) principals.set(request, principal);
      },
      async preValidation(request: Request) {
        if (!route.body) refuseBody(request.body);
      },
      async handler(request: Request, reply: Reply) {
        const principal = principals.get(request) ?? null;
        if (name === 'listEvents' && principal && wantsEventStream(request.headers)) {
          const stream = await options.eventStreams.open({
            userId: principal.userId,
            after: lastEventId(request.headers),
            filter: { ...(request.query as EventStreamRequest['filter']), reader: eventReader(principal) },
            recheck: () => admit(route.policy, request.headers, options.authenticate),
          });
          return reply.type(eventStreamType).send(stream);
        }
        const answer = await handle(restRequest(name, request, reply, principal));
        if (route.status === 202) reply.header('location', `${apiPrefix}/operations/${idOf(answer)}`);
        if (route.contentType) reply.type(route.contentType);
        return reply.code(route.status).send(answer);
      },
    });
  }
  await app.ready();
  if (!handler) throw new Error('Fastify has made no request handler');
  return {
    handler,
    inject: app.inject.bind(app),
    document: () => app.swagger(),
    [Symbol.asyncDispose]: () => app.close(),
  };
}

function restRequest(name: RouteName, request: Request, reply: Reply, principal: Principal | null): RestRequest {
  const { params, query, body } = request;
  return {
    params,
    query,
    body,
    principal,
    idempotencyKey: idempotencyKeyOf(request),
    get requestHash() {
      return createHash('sha256')
        .update(JSON.stringify([name, params, body]))
        .digest('hex');
    },
    clientAddress: clientAddressOf(request.headers),
    origin: originOf(request.headers),
    // Made when it is asked for: it costs an abort, with its stack trace, at the end of the request.
    get signal() {
      return request.signal;
    },
    setHeader: (header, value) => void reply.header(header, value),
  } as RestRequest;
}

function idempotencyKeyOf(request: Request): string | undefined {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key === 'string' && /^[\x21-\x7e]+$/.test(key) && key.length <= maxIdempotencyKeyLength) return key;
  throw wrongHeader('Idempotency-Key', say('field.printable', { value: maxIdempotencyKeyLength }));
}

function refuseBody(body: unknown): void {
  if (body === undefined || (typeof body === 'object' && body !== null && Object.keys(body).length === 0)) return;
  throw new PlatformError('invalid-request', say('rest.no-body'));
}

function idOf(answer: unknown): string {
  if (typeof answer === 'object' && answer !== null && 'id' in answer) return String(answer.id);
  throw new Error('A 202 answer must be an operation');
}

function pathOf(url: string): string {
  return url.split('?', 1)[0] ?? url;
}

function methodsAt(path: string): string[] {
  return [...new Set(routesAt(path).map(({ method }) => method))].sort();
}
