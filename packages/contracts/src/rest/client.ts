/** A small typed client of the route table, for console, CLI and tests. It only needs `fetch`. */
import type { z } from 'zod';
import type { Problem } from '../errors.ts';
import { apiPrefix } from './route.ts';
import { type RouteName, type Routes, routes } from './routes.ts';

type In<S> = S extends z.ZodType ? z.input<S> : never;
type Out<S> = S extends z.ZodType ? z.output<S> : undefined;
type Field<R, K extends string> = R extends { readonly [P in K]?: infer S }
  ? S extends z.ZodType
    ? S
    : undefined
  : undefined;

type Part<Key extends string, S> = S extends z.ZodType
  ? undefined extends In<S>
    ? { [K in Key]?: In<S> }
    : object extends In<S>
      ? { [K in Key]?: In<S> }
      : { [K in Key]: In<S> }
  : unknown;

export type RequestOf<Name extends RouteName> = Part<'params', Field<Routes[Name], 'params'>> &
  Part<'query', Field<Routes[Name], 'query'>> &
  Part<'body', Field<Routes[Name], 'body'>> & { idempotencyKey?: string; signal?: AbortSignal };
export type AnswerOf<Name extends RouteName> = Routes[Name] extends { contentType: string }
  ? Blob
  : Out<Field<Routes[Name], 'answer'>>;

type Call<Name extends RouteName> =
  object extends RequestOf<Name>
    ? (request?: RequestOf<Name>) => Promise<AnswerOf<Name>>
    : (request: RequestOf<Name>) => Promise<AnswerOf<Name>>;
export type RestClient = { [Name in RouteName]: Call<Name> };

/** The server answered with a problem; `problem.code` is stable, `message` is for people. */
export class RestError extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.detail);
    this.name = 'RestError';
    this.problem = problem;
  }
}

/** What the client needs of `fetch`, which is one such. */
export interface SendInit {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
  signal?: AbortSignal;
}
export interface Answered {
  readonly ok: boolean;
  readonly status: number;
  readonly statusText: string;
  json(): Promise<unknown>;
  blob(): Promise<Blob>;
}
export type Send = (url: string, init?: SendInit) => Promise<Answered>;

export interface RestClientOptions {
  /** `https://host:port`, or empty for the page's own origin. */
  baseUrl: string;
  token?: () => string | undefined;
  fetch?: Send;
}

interface AnyRequest {
  params?: Record<string, string>;
  query?: Record<string, unknown>;
  body?: unknown;
  idempotencyKey?: string;
  signal?: AbortSignal;
}

/** `/instances/{id}` + `{id: 'web 1'}` → `/api/v1/instances/web%201`, query appended. */
export function routeUrl(
  path: string,
  params: Record<string, string> = {},
  query: Record<string, unknown> = {},
): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, key: string) => encodeURIComponent(params[key] ?? ''));
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query))
    if (value !== undefined && value !== null) search.set(key, String(value));
  return `${apiPrefix}${filled}${search.size > 0 ? `?${search}` : ''}`;
}

async function problemFrom(response: Answered): Promise<Problem> {
  try {
    const body = (await response.json()) as Problem;
    if (typeof body.code === 'string') return body;
  } catch {
    // Not JSON: something between us and the platform answered.
  }
  return {
    type: 'about:blank',
    title: response.statusText,
    status: response.status,
    code: 'unavailable',
    detail: `The server answered ${response.status} ${response.statusText}`,
  };
}

export function createRestClient(options: RestClientOptions): RestClient {
  const send: Send = options.fetch ?? fetch;
  async function invoke(name: RouteName, request: AnyRequest = {}): Promise<unknown> {
    const route = routes[name];
    const headers: Record<string, string> = { accept: 'application/json' };
    const token = options.token?.();
    if (token) headers.authorization = `Bearer ${token}`;
    if (request.idempotencyKey) headers['idempotency-key'] = request.idempotencyKey;
    const init: SendInit = { method: route.method, headers };
    if (request.body !== undefined) {
      headers['content-type'] = 'application/json';
      init.body = JSON.stringify(request.body);
    }
    if (request.signal) init.signal = request.signal;
    const response = await send(options.baseUrl + routeUrl(route.path, request.params, request.query), init);
    if (!response.ok) throw new RestError(await problemFrom(response));
    if ('contentType' in route) return response.blob();
    return response.status === 204 ? undefined : response.json();
  }
  return Object.fromEntries(
    (Object.keys(routes) as RouteName[]).map((name) => [name, (request?: AnyRequest) => invoke(name, request)]),
  ) as unknown as RestClient;
}
