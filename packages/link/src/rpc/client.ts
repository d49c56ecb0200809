/** Typed client over a session: one function per method of a table; the contract parses every result. */
import { addAbortSignal } from 'node:stream';
import type { LinkMethod, LinkTable, WorkItem } from '@zhiyun/contracts/links';
import { PlatformError } from '@zhiyun/kernel';
import { z } from 'zod';
import type { CallOptions, LinkClient, TakeItem, WorkOptions } from '../types.ts';
import type { Session } from './session.ts';
import { workOutcome } from './work.ts';

/** `session` is called for each method call and throws `unavailable` when there is none. */
export function createLinkClient<T extends LinkTable>(table: T, session: () => Session): LinkClient<T> {
  const methods = Object.entries(table.methods).map(([name, method]) => [
    name,
    clientMethod(`${table.server}/${name}`, method, session),
  ]);
  return Object.fromEntries(methods) as LinkClient<T>;
}

function clientMethod(name: string, method: LinkMethod, session: () => Session) {
  switch (method.kind) {
    case 'call':
      return async (params: unknown, options?: CallOptions) =>
        parseAnswer(name, method.result, await session().call(name, params, options));
    case 'stream':
      return async (params: unknown, take: TakeItem, options?: CallOptions) =>
        await session().stream(
          name,
          params,
          (item) => (isUnknownKind(method.item, item) ? undefined : take(parseAnswer(name, method.item, item))),
          options,
        );
    case 'work':
      return async (params: unknown, options: WorkOptions = {}) => {
        const { take, outcome } = workOutcome(method, options);
        await session().stream(
          name,
          params,
          (item) => {
            if (!isUnknownKind(method.item, item)) take(parseAnswer(name, method.item, item) as WorkItem);
          },
          options,
        );
        return outcome();
      };
    case 'pipe':
      return async (params: unknown, options: CallOptions = {}) => {
        const bytes = await session().pipe(name, params, options);
        return options.signal ? addAbortSignal(options.signal, bytes) : bytes;
      };
  }
}

/** Forward compatibility: an item of a kind newer than this release is skipped. */
function isUnknownKind(schema: z.ZodType, item: unknown): boolean {
  if (!(schema instanceof z.ZodDiscriminatedUnion) || typeof item !== 'object' || item === null) return false;
  const { discriminator } = schema.def;
  const kind = (item as Record<string, unknown>)[discriminator];
  return typeof kind === 'string' && !schema._zod.propValues[discriminator]?.has(kind);
}

function parseAnswer(name: string, schema: z.ZodType, answer: unknown): unknown {
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  throw new PlatformError(
    'internal',
    `The answer of ${name} does not fit the contract; are both sides the same version?`,
    {
      cause: parsed.error,
    },
  );
}
