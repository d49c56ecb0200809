/** A transaction whose actions do what a test tells them, and which writes down what was run. */
import type { OperationKind } from '@zhiyun/contracts';
import { z } from 'zod';
import type { ActionContext, TransactionDefinition } from '../types.ts';

type Deed = (context: ActionContext<unknown, object>) => Promise<void>;

export interface Script {
  /** By `name` or `undo name`; what is not there does nothing and works. */
  deeds: Record<string, Deed>;
  /** What was run, in order. */
  ran: string[];
}

export function newScript(deeds: Record<string, Deed> = {}): Script {
  return { deeds, ran: [] };
}

export interface ScriptedAction {
  name: string;
  cancellable?: boolean;
  pointOfNoReturn?: boolean;
}

export function scriptedTransaction(
  script: Script,
  actions: readonly ScriptedAction[],
  kind: OperationKind = 'instance.stop',
): TransactionDefinition {
  const perform = async (name: string, context: ActionContext<unknown, object>) => {
    script.ran.push(name);
    await script.deeds[name]?.(context);
  };
  return {
    kind,
    params: z.unknown(),
    actions: actions.map(({ name, ...traits }) => ({
      name,
      ...traits,
      run: async (context) => {
        await perform(name, context);
        return {};
      },
      undo: (context) => perform(`undo ${name}`, context),
    })),
  };
}

/** Holds an action until the test lets it go. */
export class Gate {
  readonly #reached = Promise.withResolvers<void>();
  readonly #open = Promise.withResolvers<void>();

  /** The deed: says that it was reached, waits; rejects when its signal is aborted. */
  readonly pass: Deed = async ({ signal }) => {
    this.#reached.resolve();
    const aborted = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
    await Promise.race([this.#open.promise, aborted]);
  };
  get reached(): Promise<void> {
    return this.#reached.promise;
  }
  open(): void {
    this.#open.resolve();
  }
}
