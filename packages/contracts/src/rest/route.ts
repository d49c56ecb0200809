/** One row of the public API: the contract that server, console, CLI and OpenAPI share. */
import { z } from 'zod';
import type { Permission } from '../identity/permissions.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * Who may call it: anybody; anybody signed in; or whoever's role holds the permission. There is no default, so a route
 * without a policy does not compile.
 */
export type Policy = 'public' | 'signed-in' | Permission;

export interface Route {
  readonly method: Method;
  /** After `/api/v1`, with `{name}` for parameters. */
  readonly path: string;
  readonly policy: Policy;
  readonly summary: string;
  /** Success status: 202 answers an operation, 204 nothing. */
  readonly status: 200 | 201 | 202 | 204;
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  /** Undefined: no body (204), or not JSON (`contentType`). */
  readonly answer?: z.ZodType;
  readonly contentType?: string;
  /**
   * May it be sent again when its answer was lost? Default: all but a POST that begins no operation. True for such a POST
   * whose first making is then only unused.
   */
  readonly repeatable?: boolean;
}

export const apiPrefix = '/api/v1';
/** Carries the `code` of a problem from Control Server to gateway, which need not read the body for it. */
export const problemCodeHeader = 'x-zhiyun-problem';

/** With every 401 (RFC 9110 §11.6.1, RFC 6750): how to sign in. Browsers show no dialog for it. */
export const bearerChallenge = 'Bearer realm="zhiyun"';

/** In paths, as in bodies, a resource may be named by id or by name. */
export const byReference = z.object({ id: z.string().normalize('NFC').min(1).max(63) });

/** Gives the row back with its exact type: policy, content type and schemas stay known to the compiler. */
export function route<const Definition extends Route>(definition: Definition): Definition {
  return definition;
}
