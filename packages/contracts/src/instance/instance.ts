/** An instance (云主机): its fields as the API shows them. Sizes in bytes, times ISO 8601 UTC. */

import { z } from 'zod';
import { nameSchema, pageQueryFields, pageSchema, referenceSchema, searchSchema, timestampSchema } from '../fields.ts';
import {
  componentIdSchema,
  computePoolIdSchema,
  diskIdSchema,
  imageIdSchema,
  instanceIdSchema,
  operationIdSchema,
} from '../ids.ts';
import { sentenceSchema } from '../sentences/sentence.ts';
import { GiB, MiB, TiB } from '../units.ts';
import { bootDeviceSchema, changeBootSchema, instanceBootSchema } from './boot.ts';
import { conditionSchema } from './condition.ts';
import { instanceStateSchema, stopReasonSchema } from './state.ts';

export const maxCores = 128;
export const minMemoryBytes = 32 * MiB;
export const maxMemoryBytes = 4 * TiB;
export const maxDisks = 8;
export const minDiskBytes = 1 * MiB;
export const maxDiskBytes = 64 * TiB;

export const namedReferenceSchema = <Id extends z.ZodType>(id: Id) => z.object({ id, name: z.string() });

export const diskSchema = z.object({
  id: diskIdSchema,
  sizeBytes: z.int(),
  image: namedReferenceSchema(imageIdSchema).nullable(),
});
export type Disk = z.infer<typeof diskSchema>;

/** Why the placement chose or dropped a node: `reason` is null for the one that was chosen or could have been. */
export const placementCandidateSchema = z.object({
  node: namedReferenceSchema(componentIdSchema),
  score: z.number().nullable(),
  reason: z.string().nullable(),
  /** The same as `reason`, for whoever speaks another language. */
  sentence: sentenceSchema.optional(),
});
export type PlacementCandidate = z.infer<typeof placementCandidateSchema>;

export const instanceSchema = z.object({
  id: instanceIdSchema,
  name: z.string(),
  computePool: namedReferenceSchema(computePoolIdSchema),
  node: namedReferenceSchema(componentIdSchema).nullable(),
  state: instanceStateSchema,
  stateSince: timestampSchema,
  /** Set while stopped. */
  stopReason: stopReasonSchema.nullable(),
  /** A sentence with details where there are any, e.g. the last words of QEMU. */
  stopDetail: z.string().nullable(),
  /** What keeps its machine from working although it runs. */
  condition: conditionSchema.nullable(),
  /** What it starts from. Counts from its next start on. */
  boot: instanceBootSchema,
  cores: z.int(),
  memoryBytes: z.int(),
  disks: z.array(diskSchema),
  iso: namedReferenceSchema(imageIdSchema).nullable(),
  /** Address inside its sandbox network, reachable from its node. */
  address: z.ipv4().nullable(),
  macAddress: z.string().nullable(),
  createdAt: timestampSchema,
  /** The operation that works on it now. */
  operation: operationIdSchema.nullable(),
});
export type Instance = z.infer<typeof instanceSchema>;

export const instanceDetailSchema = instanceSchema.extend({
  placement: z.array(placementCandidateSchema),
});
export type InstanceDetail = z.infer<typeof instanceDetailSchema>;

export const createDiskSchema = z.strictObject({
  sizeBytes: z
    .int('must be a whole number of bytes')
    .min(minDiskBytes, 'must be at least 1 MiB')
    .max(maxDiskBytes, 'must be at most 64 TiB')
    .multipleOf(512, 'must be a multiple of 512'),
  /** A disk image to start from; the disk is then a thin copy of it and must be at least as large. */
  image: referenceSchema.optional(),
});

export const createInstanceSchema = z.strictObject({
  name: nameSchema,
  /** Default: the pool `default`. */
  computePool: referenceSchema.optional(),
  cores: z.int('must be a whole number').min(1, 'must be at least 1').max(maxCores, `must be at most ${maxCores}`),
  memoryBytes: z
    .int('must be a whole number of bytes')
    .min(minMemoryBytes, 'must be at least 32 MiB')
    .max(maxMemoryBytes, 'must be at most 4 TiB')
    .multipleOf(MiB, 'must be a multiple of 1 MiB (1048576)'),
  disks: z.array(createDiskSchema).max(maxDisks, `must hold at most ${maxDisks} disks`).default([]),
  iso: referenceSchema.optional(),
  boot: changeBootSchema.optional(),
  /** Only at its first start. Default: the CD when there is an `iso`, to install from it. */
  bootOnce: bootDeviceSchema.optional(),
  /** Start it once it is made. Default true. */
  start: z.boolean().default(true),
});
export type CreateInstance = z.input<typeof createInstanceSchema>;

export const updateInstanceSchema = z.strictObject({ name: nameSchema.optional(), boot: changeBootSchema.optional() });

export const stopInstanceSchema = z.strictObject({
  /** How long the guest may take to shut down before the operation gives up and says so. */
  timeoutSeconds: z.int().min(1).max(3600).default(90),
});

export const startInstanceSchema = z.strictObject({
  /** Only at this start, whatever `boot` says. When the guest restarts itself, `boot` counts again. */
  bootOnce: bootDeviceSchema.optional(),
});
export const rebootInstanceSchema = stopInstanceSchema.extend(startInstanceSchema.shape);

export const instanceSorts = ['name', '-name', 'createdAt', '-createdAt'] as const;
export const listInstancesQuerySchema = z.strictObject({
  ...pageQueryFields,
  /** Part of the name, any case; groups of an address or MAC address; the id or its beginning. */
  search: searchSchema.optional(),
  state: instanceStateSchema.optional(),
  computePool: referenceSchema.optional(),
  node: referenceSchema.optional(),
  image: referenceSchema.optional(),
  sort: z.enum(instanceSorts).default('-createdAt'),
  /** Says with the page how many there are in all that fit. Costs some milliseconds: ask once, not for every page. */
  total: z.literal('true').optional(),
});

export const instancePageSchema = pageSchema(instanceSchema).extend({
  /** When asked for: how many fit, counted up to 10,000. */
  total: z.int().optional(),
});
export type InstancePage = z.infer<typeof instancePageSchema>;

/** One sample of what an instance uses. Rates are averages since the sample before. */
export const instanceUsageSchema = z.object({
  at: timestampSchema,
  /** Share of its own cores, 0 to 1. */
  cpu: z.number(),
  memoryBytes: z.number(),
  diskReadBytesPerSecond: z.number(),
  diskWriteBytesPerSecond: z.number(),
  diskReadOperationsPerSecond: z.number(),
  diskWriteOperationsPerSecond: z.number(),
  networkReceiveBytesPerSecond: z.number(),
  networkTransmitBytesPerSecond: z.number(),
});
export type InstanceUsage = z.infer<typeof instanceUsageSchema>;
/** The figures of a sample. */
export const instanceUsageKeys = instanceUsageSchema.omit({ at: true }).keyof().options;

/** A single-use address of a WebSocket; expires 30 s after it was made. */
export const consoleTicketSchema = z.object({ url: z.string(), expiresAt: timestampSchema });
export type ConsoleTicket = z.infer<typeof consoleTicketSchema>;

export const defaultInstance = { cores: 1, memoryBytes: 1 * GiB, diskBytes: 10 * GiB } as const;
