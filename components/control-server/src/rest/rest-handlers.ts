/**
 * What stands behind each row of the route table: one function per route, its types inferred from the table. Handlers
 * know nothing of HTTP: they get what was parsed and give what the contract says, or throw a PlatformError.
 */
import type { Role, UserId } from '@zhiyun/contracts';
import type { RouteName, Routes } from '@zhiyun/contracts/rest';
import type { z } from 'zod';

/** Who asks, proven by a session. */
export interface Principal {
  readonly userId: UserId;
  readonly username: string;
  readonly role: Role;
  readonly sessionId: string;
  /** Somebody else has set the password: nothing but an own one may be set. */
  readonly mustChangePassword: boolean;
}

type SchemaOf<Name extends RouteName, Part extends 'params' | 'query' | 'body' | 'answer'> = Routes[Name] extends {
  readonly [K in Part]?: infer Schema;
}
  ? Schema
  : undefined;
type Parsed<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;

export interface RestRequest<Name extends RouteName = RouteName> {
  readonly params: Parsed<SchemaOf<Name, 'params'>>;
  readonly query: Parsed<SchemaOf<Name, 'query'>>;
  readonly body: Parsed<SchemaOf<Name, 'body'>>;
  readonly principal: Routes[Name]['policy'] extends 'public' ? Principal | null : Principal;
  /** The `Idempotency-Key` header: the same key with the same request is answered with the same operation. */
  readonly idempotencyKey: string | undefined;
  /** SHA-256 (hex) of route, path and body: tells a repeated request from another one under the same key. */
  readonly requestHash: string;
  /** Address of the client as the gateway saw it; for throttling only. */
  readonly clientAddress: string;
  /** `https://host[:port]` under which the client reached the platform. */
  readonly origin: string;
  /** Aborted when the client has gone. */
  readonly signal: AbortSignal;
  /** Adds a header to the answer. */
  setHeader(name: string, value: string): void;
}

/** 204 gives nothing, a row with `contentType` gives bytes, every other gives what its answer schema takes. */
export type RestAnswer<Name extends RouteName> = Routes[Name] extends { readonly contentType: string }
  ? Buffer
  : SchemaOf<Name, 'answer'> extends infer Schema extends z.ZodType
    ? z.input<Schema>
    : undefined;

export type RestHandler<Name extends RouteName> = (request: RestRequest<Name>) => Promise<RestAnswer<Name>>;
export type RestHandlers = { readonly [Name in RouteName]: RestHandler<Name> };

/** The principal as events and operations remember it. */
export function actorOf({ userId, username }: Principal): { id: UserId; username: string } {
  return { id: userId, username };
}

/** What every operation that a request begins keeps of it. */
type Asked = Pick<RestRequest<'getMe'>, 'principal' | 'idempotencyKey' | 'requestHash'>;
export function askedBy({ principal, idempotencyKey, requestHash }: Asked) {
  return { createdBy: actorOf(principal), idempotencyKey, requestHash };
}
