/** Disturbed variants of a definition: actions run twice, fail, or are undone twice. */
import { PlatformError } from '@zhiyun/kernel';
import type { Action, AnyTransactionDefinition, TransactionDefinition } from '../types.ts';

type Disturb = (action: Action<unknown, object>, index: number) => Action<unknown, object>;
export type Disturbance = (definition: AnyTransactionDefinition) => AnyTransactionDefinition;

const injectedDetail = 'Failure injected by the proof.';

function disturbing(disturb: Disturb): Disturbance {
  return (definition) => {
    const { actions } = definition as unknown as TransactionDefinition;
    return { ...definition, actions: actions.map(disturb) };
  };
}

export const undisturbed: Disturbance = (definition) => definition;

/** Records are left alone: they are committed with the journal, exactly once. */
export const actionsTwice: Disturbance = disturbing((action) =>
  'run' in action
    ? {
        ...action,
        run: async (context) => {
          const first = await action.run(context);
          return { ...first, ...(await action.run(context)) };
        },
      }
    : action,
);

export const undosTwice: Disturbance = disturbing((action) => {
  if (!('run' in action) || !action.undo) return action;
  const { undo } = action;
  return {
    ...action,
    undo: async (context) => {
      await undo(context);
      await undo(context);
    },
  };
});

/** The action fails before it has done anything, or when it has done everything. */
export function failureAt(index: number, when: 'before' | 'after'): Disturbance {
  const fail = (): never => {
    throw new PlatformError('internal', injectedDetail);
  };
  return disturbing((action, at) => {
    if (at !== index) return action;
    if ('run' in action)
      return {
        ...action,
        run: async (context) => {
          if (when === 'after') await action.run(context);
          return fail();
        },
      };
    const { writeAll: _, ...alone } = action;
    return {
      ...alone,
      write: async (tx, context) => {
        if (when === 'after') await action.write(tx, context);
        return fail();
      },
    };
  });
}

export function wasInjected(detail: string | undefined): boolean {
  return detail === injectedDetail;
}
