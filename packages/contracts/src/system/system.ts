/** The platform as a whole. */
import { z } from 'zod';
import { timestampSchema } from '../fields.ts';
import { componentIdSchema, domainIdSchema } from '../ids.ts';
import { instanceStateSchema } from '../instance/state.ts';
import { componentTypeSchema } from '../links/component.ts';
import { capacitySchema, nodeStateSchema } from '../node/node.ts';

export const systemSchema = z.object({
  version: z.string(),
  domain: z.object({ id: domainIdSchema, name: z.string() }),
  startedAt: timestampSchema,
  time: timestampSchema,
  capacity: capacitySchema,
  /** Average share of all cores of all nodes that are heard of, 0 to 1. */
  cpuLoad: z.number().nullable(),
  instances: z.record(instanceStateSchema, z.int()),
  nodes: z.record(nodeStateSchema, z.int()),
  images: z.int(),
  activeOperations: z.int(),
  components: z.array(
    z.object({
      id: componentIdSchema,
      type: componentTypeSchema,
      name: z.string(),
      state: z.enum(['online', 'suspect', 'gone']),
    }),
  ),
});
export type System = z.infer<typeof systemSchema>;

/** One sample of the platform's load, for the overview's charts. */
export const systemLoadSchema = z.object({
  at: timestampSchema,
  cpu: z.number(),
  memoryUsedBytes: z.number(),
  diskUsedBytes: z.number(),
  networkReceiveBytesPerSecond: z.number(),
  networkTransmitBytesPerSecond: z.number(),
});
export type SystemLoad = z.infer<typeof systemLoadSchema>;
