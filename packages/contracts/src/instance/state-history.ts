/** The history of the state that an instance shows: one move after the other, without gaps, so that usage can be counted from it. */
import { z } from 'zod';
import { pageQueryFields, pageSchema, timestampSchema } from '../fields.ts';
import { componentIdSchema, operationIdSchema } from '../ids.ts';
import { instanceStateSchema, stopReasonSchema } from './state.ts';

/**
 * `operation`: an order began, ended or was taken back. `report`: its node reported it. `node`: its node was lost or came back.
 * `older-release`: a Control Server wrote it that keeps no causes, or it was so when the history began.
 */
export const stateCauses = ['operation', 'report', 'node', 'older-release'] as const;
export type StateCause = (typeof stateCauses)[number];

export const instanceMoveSchema = z.object({
  /** 1, 2, 3, … of each instance. */
  move: z.int(),
  /** Null: its history begins here. The same as `to`: the state began anew with another machine. */
  from: instanceStateSchema.nullable(),
  /** Null: it was deleted. */
  to: instanceStateSchema.nullable(),
  stopReason: stopReasonSchema.nullable(),
  at: timestampSchema,
  /** When the next move ended this state; null: it still is so. */
  until: timestampSchema.nullable(),
  cause: z.enum(stateCauses),
  operation: operationIdSchema.nullable(),
  /** The node that had it then. */
  nodeId: componentIdSchema.nullable(),
});
export type InstanceMove = z.infer<typeof instanceMoveSchema>;

/** Newest first. */
export const listInstanceMovesQuerySchema = z.strictObject(pageQueryFields);
export const instanceMovePageSchema = pageSchema(instanceMoveSchema);
