/**
 * How component-to-component methods are declared. One table per serving component type; both sides infer their types
 * from it. On the wire: HTTP/2 with mutual TLS, `POST /link/<name>`; see packages/link.
 */
import { z } from 'zod';
import { toldFaultSchema } from '../errors.ts';
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
/**
 * JSON in, work that takes its time, JSON out; meanwhile its progress. On the wire it is a stream, as releases before this kind had it:
 * `{ type: 'progress', progress }` with the newest only, then `{ type: 'done', <resultName> }` or `{ type: 'failed', error }`. A caller that
 * cancels, or is lost, aborts the handler's signal; whether the work goes on then, for whoever asks again, is the handler's business.
 */
export interface LinkWork<Params extends z.ZodType = z.ZodType, Result extends z.ZodType = z.ZodType> {
  readonly kind: 'work';
  readonly params: Params;
  readonly result: Result;
  /** Under which name the last item holds it. */
  readonly resultName: string;
  /** As it is on the wire. */
  readonly item: z.ZodType<WorkItem>;
  readonly callers: readonly ComponentType[];
}

export type WorkItem =
  | { readonly type: 'progress'; readonly progress: number }
  | { readonly type: 'done'; readonly [resultName: string]: unknown }
  | { readonly type: 'failed'; readonly error: z.infer<typeof toldFaultSchema> };

export type LinkMethod = LinkCall | LinkStream | LinkPipe | LinkWork;
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

export function work<P extends z.ZodType, R extends z.ZodType>(
  callers: readonly ComponentType[],
  params: P,
  resultName: string,
  result: R,
): LinkWork<P, R> {
  const item = z.discriminatedUnion('type', [
    z.object({ type: z.literal('progress'), progress: z.number() }),
    z.object({ type: z.literal('done'), [resultName]: result }),
    z.object({ type: z.literal('failed'), error: toldFaultSchema }),
  ]) as z.ZodType as z.ZodType<WorkItem>;
  return { kind: 'work', params, result, resultName, item, callers };
}
