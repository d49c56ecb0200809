/** One row of the public API: the contract that server, console, CLI and OpenAPI share. */
import type { z } from 'zod';
import type { Permission } from '../identity/identity.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * Who may call it: anybody; anybody signed in; or whoever's role holds the permission. There is no default, so a route
 * without a policy does not compile.
 */
export type Policy = 'public' | 'signed-in' | Permission;

export interface Route<
  Params extends z.ZodType | undefined = z.ZodType | undefined,
  Query extends z.ZodType | undefined = z.ZodType | undefined,
  Body extends z.ZodType | undefined = z.ZodType | undefined,
  Answer extends z.ZodType | undefined = z.ZodType | undefined,
> {
  readonly method: Method;
  /** After `/api/v1`, with `{name}` for parameters. */
  readonly path: string;
  readonly policy: Policy;
  readonly summary: string;
  /** Success status: 202 answers an operation, 204 nothing. */
  readonly status: 200 | 201 | 202 | 204;
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  /** Undefined: no body (204), or not JSON (`contentType`). */
  readonly answer?: Answer;
  readonly contentType?: string;
}

export const apiPrefix = '/api/v1';

export function route<
  const M extends Method,
  Params extends z.ZodType | undefined = undefined,
  Query extends z.ZodType | undefined = undefined,
  Body extends z.ZodType | undefined = undefined,
  Answer extends z.ZodType | undefined = undefined,
>(definition: Route<Params, Query, Body, Answer> & { method: M }): Route<Params, Query, Body, Answer> & { method: M } {
  return definition;
}
