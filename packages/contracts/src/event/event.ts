/** Events (事件): what happened, in order; also the live feed. */
import { z } from 'zod';
import { pageQueryFields, timestampSchema } from '../fields.ts';
import { operationIdSchema, userIdSchema } from '../ids.ts';
import { targetKindSchema, targetSchema } from '../operation/operation.ts';

export const eventSeverities = ['info', 'warning', 'error'] as const;
export const eventSeveritySchema = z.enum(eventSeverities);

export const eventSchema = z.object({
  /** Grows by time; use it as the cursor (`Last-Event-ID`). */
  seq: z.int(),
  at: timestampSchema,
  /** `<subject>.<what>`, e.g. `instance.state-changed`, `operation.failed`. */
  kind: z.string(),
  severity: eventSeveritySchema,
  subject: targetSchema,
  /** Facts for programs; the console makes the sentence from `kind` and these. */
  data: z.record(z.string(), z.json()),
  actor: z.object({ id: userIdSchema, username: z.string() }).nullable(),
  operation: operationIdSchema.nullable(),
});
export type Event = z.infer<typeof eventSchema>;

/**
 * The live feed's event named `reset`: the number that the reader wanted to go on from is not known here (a restored database, or too long
 * ago). What it knows is to be read afresh; the feed goes on from `seq`.
 */
export const eventFeedResetSchema = z.object({ reset: z.literal(true), seq: z.int() });
export type EventFeedReset = z.infer<typeof eventFeedResetSchema>;

export const listEventsQuerySchema = z.strictObject({
  ...pageQueryFields,
  kind: z.string().max(100).optional(),
  severity: eventSeveritySchema.optional(),
  subjectKind: targetKindSchema.optional(),
  subject: z.string().max(63).optional(),
});
