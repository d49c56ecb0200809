/**
 * How component-to-component methods are declared. One table per serving component type; both sides infer their types
 * from it. On the wire: HTTP/2 with mutual TLS, `POST /link/<name>`; see packages/link.
 */
import type { z } from 'zod';
import type { ComponentType } from './component.ts';

/** JSON in, JSON out. */
export interface LinkCall<Params extends z.ZodType = z.ZodType, Result extends z.ZodType = z.ZodType> {
  readonly kind: 'call';
  readonly params: Params;
  readonly result: Result;
  /** Component types that may call it; anybody else is refused with `forbidden`. */
  readonly callers: readonly ComponentType[];
}
/** JSON in, a long-lived row of JSON items out (NDJSON). */
export interface LinkStream<Params extends z.ZodType = z.ZodType, Item extends z.ZodType = z.ZodType> {
  readonly kind: 'stream';
  readonly params: Params;
  readonly item: Item;
  readonly callers: readonly ComponentType[];
}
/** JSON parameters in the header, then raw bytes both ways. */
export interface LinkPipe<Params extends z.ZodType = z.ZodType> {
  readonly kind: 'pipe';
  readonly params: Params;
  readonly callers: readonly ComponentType[];
}
export type LinkMethod = LinkCall | LinkStream | LinkPipe;
export interface LinkTable {
  /** The component type that serves it. */
  readonly server: ComponentType;
  readonly methods: Readonly<Record<string, LinkMethod>>;
}

export function call<P extends z.ZodType, R extends z.ZodType>(
  callers: readonly ComponentType[],
  params: P,
  result: R,
): LinkCall<P, R> {
  return { kind: 'call', params, result, callers };
}
export function stream<P extends z.ZodType, I extends z.ZodType>(
  callers: readonly ComponentType[],
  params: P,
  item: I,
): LinkStream<P, I> {
  return { kind: 'stream', params, item, callers };
}
export function pipe<P extends z.ZodType>(callers: readonly ComponentType[], params: P): LinkPipe<P> {
  return { kind: 'pipe', params, callers };
}
