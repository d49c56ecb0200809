/**
 * Dispatcher of a member's methods and mounted HTTP handlers. The only place that checks callers and validates
 * parameters and results, so that every transport refuses alike.
 */
import type { Duplex } from 'node:stream';
import type { FieldError } from '@zhiyun/contracts';
import type { ComponentType, LinkMethod, LinkTable } from '@zhiyun/contracts/links';
import { PlatformError } from '@zhiyun/kernel';
import type { z } from 'zod';
import type { LinkContext, LinkHandlers, PlainHandler, WorkContext } from '../types.ts';
import { workItems } from './work.ts';

export type ServedMethod =
  | { kind: 'call'; run(params: unknown, context: LinkContext): Promise<unknown> }
  | { kind: 'stream'; run(params: unknown, context: LinkContext): AsyncIterable<unknown> }
  | { kind: 'pipe'; run(params: unknown, bytes: Duplex, context: LinkContext): Promise<void> };

interface Mount {
  prefix: string;
  callers: readonly ComponentType[];
  handler: PlainHandler;
}

export class Served {
  readonly #methods = new Map<string, ServedMethod>();
  readonly #mounts: Mount[] = [];

  serve<T extends LinkTable>(table: T, handlers: LinkHandlers<T>): void {
    // The one place where the types of a table are forgotten: from here on zod speaks for them.
    const untyped = handlers as Record<string, (...parameters: unknown[]) => unknown>;
    for (const [name, method] of Object.entries(table.methods)) {
      const handler = untyped[name];
      if (!handler) throw new Error(`No handler for ${table.server}/${name}`);
      this.#methods.set(
        `${table.server}/${name}`,
        servedMethod(`${table.server}/${name}`, method, handler.bind(handlers)),
      );
    }
  }

  mount(prefix: string, callers: readonly ComponentType[], handler: PlainHandler): void {
    this.#mounts.push({ prefix, callers, handler });
  }

  /** Throws `not-found`. */
  method(name: string): ServedMethod {
    const method = this.#methods.get(name);
    if (!method) throw new PlatformError('not-found', `This component has no link method ${name}.`);
    return method;
  }

  /** Throws `not-found` or `forbidden`. */
  mounted(path: string, context: LinkContext): PlainHandler {
    const mount = this.#mounts.find(({ prefix }) => isUnder(path, prefix));
    if (!mount) throw new PlatformError('not-found', `This component answers nothing at ${path}.`);
    allow(mount.callers, context, mount.prefix);
    return mount.handler;
  }
}

function isUnder(path: string, prefix: string): boolean {
  if (!path.startsWith(prefix)) return false;
  const next = path[prefix.length];
  return next === undefined || next === '/' || next === '?' || prefix.endsWith('/');
}

function servedMethod(name: string, method: LinkMethod, handler: (...parameters: unknown[]) => unknown): ServedMethod {
  const admit = (params: unknown, context: LinkContext): unknown => {
    allow(method.callers, context, name);
    return parseParams(name, method.params, params);
  };
  switch (method.kind) {
    case 'call':
      return {
        kind: 'call',
        async run(params, context) {
          const result = await handler(admit(params, context), context);
          const parsed = method.result.safeParse(result);
          if (parsed.success) return parsed.data;
          throw new Error(`The result of ${name} breaks its contract`, { cause: parsed.error });
        },
      };
    case 'stream':
      return {
        kind: 'stream',
        // Items are checked once, by the caller: it is the one who must not trust, and big streams stay cheap.
        run: (params, context) => handler(admit(params, context), context) as AsyncIterable<unknown>,
      };
    case 'work':
      return {
        kind: 'stream',
        run(params, context) {
          const admitted = admit(params, context);
          const task = (working: WorkContext) => handler(admitted, working) as Promise<unknown>;
          return workItems(name, method, task, context);
        },
      };
    case 'pipe':
      return {
        kind: 'pipe',
        async run(params, bytes, context) {
          await handler(admit(params, context), bytes, context);
        },
      };
  }
}

function allow(callers: readonly ComponentType[], context: LinkContext, what: string): void {
  if (callers.includes(context.caller.type)) return;
  throw new PlatformError('forbidden', `A ${context.caller.type} may not use ${what}.`);
}

function parseParams(name: string, schema: z.ZodType, params: unknown): unknown {
  const parsed = schema.safeParse(params);
  if (parsed.success) return parsed.data;
  const errors: FieldError[] = parsed.error.issues.map((issue) => ({
    path: issue.path.join('.'),
    message: issue.message,
  }));
  const told = errors.map(({ path, message }) => `${path || 'parameters'} ${message}`).join('; ');
  throw new PlatformError('invalid-request', `The parameters of ${name} are not valid: ${told}.`, { errors });
}
