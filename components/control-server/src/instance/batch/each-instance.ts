/** The shape of all batches: an operation that holds nothing itself, with a child for each instance. */
import type { OperationKind, Target } from '@zhiyun/contracts';
import type { ActionContext, TransactionDefinition } from '@zhiyun/transaction';
import type { z } from 'zod';

/** At work at the same time, on all nodes together. */
export const atOnce = 64;

export function eachInstance<Params>(
  kind: OperationKind,
  params: z.ZodType<Params>,
  run: (context: ActionContext<Params, object>) => Promise<void>,
): TransactionDefinition<Params> {
  return {
    kind,
    params,
    isParent: true,
    claims: () => [],
    actions: [
      {
        name: 'each-instance',
        cancellable: true,
        async run(context) {
          await run(context);
          return undefined;
        },
        noUndo: 'each child is undone by itself; what succeeded stays',
      },
    ],
  };
}

/** What such an operation is about, for people: `web-1 … web-20 (20)`. */
export function batchTarget(names: readonly string[]): Target {
  const [first = ''] = names;
  const label = names.length <= 3 ? names.join(', ') : `${first} … ${names.at(-1)} (${names.length})`;
  return { kind: 'system', id: 'instances', name: label };
}
