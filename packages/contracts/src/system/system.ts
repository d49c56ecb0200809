/** The platform as a whole. */
import { z } from 'zod';
import { componentStateSchema } from '../component/component.ts';
import { timestampSchema } from '../fields.ts';
import { domainIdSchema } from '../ids.ts';
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
  /** How many components of each type are in each state; types that the domain does not have are left out. */
  components: z.array(z.object({ type: componentTypeSchema, counts: z.record(componentStateSchema, z.int()) })),
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
