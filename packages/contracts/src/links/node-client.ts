/** What a Node Client does for Control Servers (and, for consoles, for Http Gateways). */
import { z } from 'zod';
import { imageIdSchema, instanceIdSchema } from '../ids.ts';
import { conditionSchema } from '../instance/condition.ts';
import type { InstanceUsage } from '../instance/instance.ts';
import { stopReasonSchema } from '../instance/state.ts';
import { nodeFactsSchema, nodeLoadSchema } from '../node/node.ts';
import { networkReportSchema } from '../node/node-network.ts';
import { heardInstanceConfigSchema } from './instance-config.ts';
import { call, type LinkTable, pipe, stream, work } from './link-contract.ts';

/**
 * Every order carries the instance's generation (a fencing token), which the Control Server raises with each order. A node refuses an order
 * older than the newest it has seen (`stale-generation`); the same order again is answered as the first time.
 */
const order = { instanceId: instanceIdSchema, generation: z.int() };

/** `waitSeconds`: what is left of the guest's time when the order is given again; older Control Servers leave it out. */
const shutdown = { timeoutSeconds: z.int(), waitSeconds: z.int().optional() };

/** What runs on the node, as the node sees it. */
export const instanceReportSchema = z.object({
  instanceId: instanceIdSchema,
  /** Generation of the newest order the node has taken. */
  generation: z.int(),
  /** Grows with every change on this node; the Control Server never lets an older report win. */
  sequence: z.int(),
  state: z.enum(['prepared', 'running', 'stopped']),
  stopReason: stopReasonSchema.nullable(),
  stopDetail: z.string().nullable(),
  pid: z.int().nullable(),
  /** While it runs: what keeps it from working. Older nodes do not know. */
  condition: conditionSchema.nullable().optional(),
  /** How often it was started. */
  epoch: z.int().optional(),
  /** What started its machine: an order, or the node by itself after it was restarted. */
  startedBy: z.enum(['order', 'node']).optional(),
  address: z.string().nullable(),
});
export type InstanceReport = z.infer<typeof instanceReportSchema>;

/** Checked as a whole: one by one it would cost more than all else that is done with them. */
const figuresSchema = z.custom<number[]>(
  (value) => Array.isArray(value) && value.every((figure) => typeof figure === 'number'),
  'is no row of numbers',
);

/** The figures of protocol 1, in its order: fixed for ever. */
export const firstUsageKeys = [
  'cpu',
  'memoryBytes',
  'diskReadBytesPerSecond',
  'diskWriteBytesPerSecond',
  'diskReadOperationsPerSecond',
  'diskWriteOperationsPerSecond',
  'networkReceiveBytesPerSecond',
  'networkTransmitBytesPerSecond',
] as const satisfies readonly (keyof InstanceUsage)[];

/** `inventory` opens the stream: everything the node has. Then single changes, and load samples every 4 s. */
export const nodeReportSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('inventory'),
    facts: nodeFactsSchema,
    instances: z.array(instanceReportSchema),
    load: nodeLoadSchema,
    /** Left out by a node that does not watch over it. */
    network: networkReportSchema.optional(),
  }),
  z.object({ type: z.literal('instance'), report: instanceReportSchema }),
  z.object({ type: z.literal('gone'), instanceId: instanceIdSchema, sequence: z.int() }),
  z.object({
    type: z.literal('load'),
    load: nodeLoadSchema,
    /** Instances that run. Left out while they are those of the load before. */
    running: z.array(instanceIdSchema).optional(),
    /** What the figures of `usage` are. Comes with `running`; protocol 1 has none and sends `firstUsageKeys`. */
    usageKeys: z.array(z.string()).optional(),
    /** Of each of them, one after the other, its figures: thousands of nodes send it all the time. */
    usage: figuresSchema,
    /** Left out while it is that of the word before. */
    network: networkReportSchema.optional(),
  }),
]);
export type NodeReport = z.infer<typeof nodeReportSchema>;

const control = ['control-server'] as const;
const nothing = z.object({});

export const nodeClientLink = {
  server: 'node-client',
  methods: {
    watch: stream(control, nothing, nodeReportSchema),
    /** Makes directory, disks and network, fetching images first. Leaves nothing behind when it fails. Goes on without its caller: who orders it again joins it. */
    prepareInstance: work(
      control,
      z.object({ ...order, config: heardInstanceConfigSchema }),
      'report',
      instanceReportSchema,
    ),
    /** Prepared or stopped → running. Running already: answered as done. */
    startInstance: call(control, z.object({ ...order, config: heardInstanceConfigSchema }), instanceReportSchema),
    /** Presses the power button and waits for the guest; `shutdown-timeout` when it has not ended by the deadline (it goes on running). */
    stopInstance: call(control, z.object({ ...order, ...shutdown }), instanceReportSchema),
    killInstance: call(control, z.object(order), instanceReportSchema),
    /** Power button, wait, start again. */
    rebootInstance: call(
      control,
      z.object({ ...order, ...shutdown, config: heardInstanceConfigSchema }),
      instanceReportSchema,
    ),
    resetInstance: call(control, z.object(order), instanceReportSchema),
    /** Kills it if it runs, removes disks, network, directory. Unknown instance: done already. */
    removeInstance: call(control, z.object(order), nothing),
    screenshot: call(control, z.object({ instanceId: instanceIdSchema }), z.object({ pngBase64: z.string() })),
    /** Raw RFB of the display. */
    display: pipe(['http-gateway'], z.object({ instanceId: instanceIdSchema })),
    /** Raw bytes of the serial port; begins with what was kept of the past. */
    serial: pipe(['http-gateway'], z.object({ instanceId: instanceIdSchema })),
    /** Drops a cached image that no disk here uses; `in-use` otherwise. */
    forgetImage: call(control, z.object({ imageId: imageIdSchema }), nothing),
  },
} as const satisfies LinkTable;
