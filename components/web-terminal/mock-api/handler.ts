/** What stands behind a row of the route table in the mock: a function typed by that row. */
import type { RouteName, Routes } from '@zhiyun/contracts/rest';
import type { z } from 'zod';
import type { MockUser, World } from './db.ts';

type SchemaOf<Name extends RouteName, Part extends 'params' | 'query' | 'body' | 'answer'> = Routes[Name] extends {
  readonly [K in Part]?: infer Schema;
}
  ? Schema
  : undefined;
type Parsed<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;

export interface MockRequest<Name extends RouteName = RouteName> {
  readonly params: Parsed<SchemaOf<Name, 'params'>>;
  readonly query: Parsed<SchemaOf<Name, 'query'>>;
  readonly body: Parsed<SchemaOf<Name, 'body'>>;
  /** Who asks; routes open to the public get a nobody. */
  readonly user: MockUser;
  readonly token: string;
  readonly world: World;
  /** Milliseconds that a step of an operation takes. */
  readonly pace: number;
  setCookie(value: string): void;
}

export type MockAnswer<Name extends RouteName> = Routes[Name] extends { readonly contentType: string }
  ? Uint8Array<ArrayBuffer>
  : SchemaOf<Name, 'answer'> extends infer Schema extends z.ZodType
    ? z.input<Schema>
    : undefined;

export type MockHandler<Name extends RouteName> = (
  request: MockRequest<Name>,
) => MockAnswer<Name> | Promise<MockAnswer<Name>>;
export type MockHandlers = { readonly [Name in RouteName]: MockHandler<Name> };
/** The handlers of one domain. */
export type Some<Names extends RouteName> = Pick<MockHandlers, Names>;
