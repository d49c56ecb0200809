/** A node (计算节点): one server that runs instances, by its Node Client. */
import { z } from 'zod';
import { nameSchema, pageQueryFields, referenceSchema, searchSchema, timestampSchema } from '../fields.ts';
import { componentIdSchema, computePoolIdSchema } from '../ids.ts';
import { networkFindingSchema } from './node-network.ts';

export const nodeStates = ['online', 'suspect', 'offline'] as const;
export const nodeStateSchema = z.enum(nodeStates);
export type NodeState = z.infer<typeof nodeStateSchema>;

/** `total` is what may be promised, `promised` what was, `used` what is really in use now (null: not heard of). */
const amountSchema = z.object({ total: z.number(), promised: z.number(), used: z.number().nullable() });
export type Amount = z.infer<typeof amountSchema>;

export const capacitySchema = z.object({ cores: amountSchema, memoryBytes: amountSchema, diskBytes: amountSchema });
export type Capacity = z.infer<typeof capacitySchema>;

/** One sample of a node's real load. */
export const nodeLoadSchema = z.object({
  at: timestampSchema,
  /** Share of all cores, 0 to 1. */
  cpu: z.number(),
  memoryUsedBytes: z.number(),
  diskUsedBytes: z.number(),
  diskReadBytesPerSecond: z.number(),
  diskWriteBytesPerSecond: z.number(),
  networkReceiveBytesPerSecond: z.number(),
  networkTransmitBytesPerSecond: z.number(),
});
export type NodeLoad = z.infer<typeof nodeLoadSchema>;

/** What the node's machine can do, found by trying it. */
export const nodeFactsSchema = z.object({
  hostname: z.string(),
  architecture: z.string(),
  kernel: z.string(),
  cpuModel: z.string(),
  cores: z.int(),
  memoryBytes: z.int(),
  diskBytes: z.int(),
  hypervisor: z.enum(['qemu', 'simulated']),
  hypervisorVersion: z.string(),
  /** `kvm` only where a guest really ran with it. */
  accelerator: z.enum(['kvm', 'tcg', 'none']),
  cgroupVersion: z.enum(['v1', 'v2', 'none']),
  reflink: z.boolean(),
  /** Of the addresses of its guests, in CIDR notation. An older node does not say. */
  guestRange: z.string().optional(),
});
export type NodeFacts = z.infer<typeof nodeFactsSchema>;

export const nodeSchema = z.object({
  id: componentIdSchema,
  name: z.string(),
  computePool: z.object({ id: computePoolIdSchema, name: z.string() }).nullable(),
  state: nodeStateSchema,
  stateSince: timestampSchema,
  /** False: keeps what it runs, gets nothing new. */
  schedulable: z.boolean(),
  address: z.string().nullable(),
  instanceCount: z.int(),
  capacity: capacitySchema,
  load: nodeLoadSchema.nullable(),
  facts: nodeFactsSchema.nullable(),
  /** What is wrong with the network of its guests; left out by a node that does not watch over it. */
  network: z.array(networkFindingSchema).optional(),
  joinedAt: timestampSchema,
});
export type Node = z.infer<typeof nodeSchema>;

export const updateNodeSchema = z
  .strictObject({ name: nameSchema, computePool: referenceSchema.nullable(), schedulable: z.boolean() })
  .partial();
export type UpdateNode = z.infer<typeof updateNodeSchema>;

export const listNodesQuerySchema = z.strictObject({
  ...pageQueryFields,
  search: searchSchema.optional(),
  computePool: referenceSchema.optional(),
});
