/** An operation (操作): one transaction as users see it. Every change that takes more than one step is one. */
import { z } from 'zod';
import { faultSchema } from '../errors.ts';
import { pageQueryFields, searchSchema, timestampSchema } from '../fields.ts';
import { operationIdSchema, userIdSchema } from '../ids.ts';
import { type TargetKind, targetKinds } from '../kinds.ts';

/** `stuck`: an undo failed; a person must look, then retry. From `failed` and `cancelled` only a parent goes on: when children of it are retried. */
export const operationStates = ['pending', 'running', 'undoing', 'succeeded', 'failed', 'cancelled', 'stuck'] as const;
export const operationStateSchema = z.enum(operationStates);
export type OperationState = z.infer<typeof operationStateSchema>;

export const endedOperationStates = ['succeeded', 'failed', 'cancelled'] as const satisfies readonly OperationState[];
/** Still holds its target: nothing else may work on it. */
export const activeOperationStates = [
  'pending',
  'running',
  'undoing',
  'stuck',
] as const satisfies readonly OperationState[];

export function operationEnded(state: OperationState): boolean {
  return (endedOperationStates as readonly OperationState[]).includes(state);
}

export const targetKindSchema = z.enum(targetKinds);
/** Open: in a domain of two releases the older one passes on what is about a kind that only the newer one knows. */
export const targetSchema = z.object({ kind: z.string(), id: z.string(), name: z.string() });
export type ToldTarget = z.infer<typeof targetSchema>;
/** As this release writes it. */
export type Target = ToldTarget & { kind: TargetKind };

export const stepStates = ['waiting', 'running', 'done', 'failed', 'undoing', 'undone', 'undo-failed'] as const;
export const stepStateSchema = z.enum(stepStates);
export type StepState = z.infer<typeof stepStateSchema>;

export const operationStepSchema = z.object({
  name: z.string(),
  state: stepStateSchema,
  /** 0 to 1 within the step, where the step knows. */
  progress: z.number().nullable(),
  startedAt: timestampSchema.nullable(),
  endedAt: timestampSchema.nullable(),
  error: faultSchema.nullable(),
});
export type OperationStep = z.infer<typeof operationStepSchema>;

/** How many children are in which state. `waiting`: not begun yet. A child that was retried counts once, as its newest try. */
export const childCountsSchema = z.object({
  total: z.int(),
  waiting: z.int(),
  running: z.int(),
  succeeded: z.int(),
  failed: z.int(),
  cancelled: z.int(),
  stuck: z.int(),
});
export type ChildCounts = z.infer<typeof childCountsSchema>;

export const operationSchema = z.object({
  id: operationIdSchema,
  kind: z.string(),
  state: operationStateSchema,
  /** 0 to 1 over all steps. */
  progress: z.number(),
  steps: z.array(operationStepSchema),
  target: targetSchema,
  error: faultSchema.nullable(),
  cancellable: z.boolean(),
  cancelRequested: z.boolean(),
  createdBy: z.object({ id: userIdSchema, username: z.string() }).nullable(),
  createdAt: timestampSchema,
  endedAt: timestampSchema.nullable(),
  /** Of a child: the operation that it is a part of. */
  parent: operationIdSchema.optional(),
  /** Of a child: another try has taken its place. */
  retried: z.boolean().optional(),
  /** Of a parent: its state and progress come from these. */
  children: childCountsSchema.optional(),
  /** Of one that has not succeeded: it can be retried. Of a parent: those of its children that have not succeeded. */
  retryable: z.boolean().optional(),
});
export type Operation = z.infer<typeof operationSchema>;

export const listOperationsQuerySchema = z.strictObject({
  ...pageQueryFields,
  state: operationStateSchema.optional(),
  /** `true`: only what still runs or is stuck. */
  active: z.enum(['true', 'false']).optional(),
  kind: z.string().max(100).optional(),
  targetKind: targetKindSchema.optional(),
  target: searchSchema.optional(),
  /** Only the children of this operation; `none`: only those that are no children. */
  parent: z.union([operationIdSchema, z.literal('none')]).optional(),
});

export const getOperationQuerySchema = z.strictObject({
  /** Answer when it has ended, or after so many seconds. */
  waitSeconds: z.coerce.number().int().min(0, 'must be at least 0').max(60, 'must be at most 60').default(0),
});
