/** A compute pool (计算资源池): a set of nodes and the business properties that instances made in it inherit. */
import { z } from 'zod';
import { nameSchema, pageQueryFields, searchSchema, timestampSchema } from '../fields.ts';
import { computePoolIdSchema } from '../ids.ts';
import { capacitySchema } from '../node/node.ts';

export const defaultComputePoolName = 'default';

export const storageModeSchema = z.enum(['local']);
export const networkModeSchema = z.enum(['private']);

export const computePoolSchema = z.object({
  id: computePoolIdSchema,
  name: z.string(),
  description: z.string(),
  storageMode: storageModeSchema,
  networkMode: networkModeSchema,
  /** Promised cores per physical core, at most. */
  cpuOvercommit: z.number(),
  /** Promised disk bytes per byte of disk, at most (disks are thin). */
  diskOvercommit: z.number(),
  nodeCount: z.int(),
  instanceCount: z.int(),
  capacity: capacitySchema,
  createdAt: timestampSchema,
});
export type ComputePool = z.infer<typeof computePoolSchema>;

const overcommit = z.number('must be a number').min(1, 'must be at least 1').max(64, 'must be at most 64');

export const createComputePoolSchema = z.strictObject({
  name: nameSchema,
  description: z.string().max(500).default(''),
  cpuOvercommit: overcommit.default(8),
  diskOvercommit: overcommit.default(4),
});

export const updateComputePoolSchema = z
  .strictObject({
    name: nameSchema,
    description: z.string().max(500),
    cpuOvercommit: overcommit,
    diskOvercommit: overcommit,
  })
  .partial();

export const listComputePoolsQuerySchema = z.strictObject({
  ...pageQueryFields,
  search: searchSchema.optional(),
});
