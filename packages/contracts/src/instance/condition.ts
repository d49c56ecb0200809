/** What keeps a machine that is there from working: a detail of the state `running`. */
import { z } from 'zod';
import { timestampSchema } from '../fields.ts';

export const instanceConditions = ['paused', 'not-responding', 'disk-full'] as const;
export type InstanceCondition = (typeof instanceConditions)[number];

export const conditionSchema = z.object({
  /**
   * `paused`: its processors were stopped from outside the platform. `not-responding`: its hypervisor does not answer.
   * `disk-full`: it waits, for its node has no room for what it writes; it goes on by itself once there is.
   */
  kind: z.enum(instanceConditions),
  since: timestampSchema,
});
export type Condition = z.infer<typeof conditionSchema>;
