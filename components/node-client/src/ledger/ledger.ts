/**
 * What this node has promised: one entry per instance, from the end of its preparing to the beginning of its removal. The
 * agent may be killed between any two system calls; what it finds at its next start is judged so:
 *
 *                         entry                no entry
 *   whole directory       an instance          the entry was lost: set aside, untouched
 *   unfinished directory  finished, then so    half made or half removed: cleaned away
 */
import { conditionSchema, type InstanceId, instanceIdSchema, say, stopReasonSchema } from '@zhiyun/contracts';
import { type FirstInstanceConfig, instanceConfigSchema, upgradeInstanceConfig } from '@zhiyun/contracts/links';
import { versioned } from '@zhiyun/kernel';
import { z } from 'zod';

export const orderKinds = ['prepare', 'start', 'stop', 'kill', 'reboot', 'reset', 'remove'] as const;

const machineHandleSchema = z.object({ pid: z.int(), startTimeTicks: z.int(), bootId: z.string() });

const ledgerEntrySchema = z.object({
  instanceId: instanceIdSchema,
  /** Of the newest order taken. */
  generation: z.int(),
  /** That order, and whether it has been carried out: the same order again is then only answered. */
  order: z.enum(orderKinds),
  orderDone: z.boolean(),
  config: instanceConfigSchema,
  /** The place of each NIC in its network; see network/network-mode.ts. */
  places: z.array(z.int()),
  /** `running` without a machine: a launch was under way. */
  wanted: z.enum(['stopped', 'running']),
  machine: machineHandleSchema.nullable(),
  /** How often it was started. */
  epoch: z.int(),
  /** Of the newest report. */
  sequence: z.int(),
  stopReason: stopReasonSchema.nullable(),
  stopDetail: z.string().nullable(),
  /** The user of its own that it runs as. Without: the one all share, until it is started the next time. */
  uid: z.int().optional(),
  /** Its node was restarted while it ran, and it is to be started again; how often that has failed. */
  restart: z.object({ failures: z.int() }).optional(),
  /** What started its machine: an order, or the node by itself. */
  startedBy: z.enum(['order', 'node']).optional(),
  /** What keeps its machine from working. */
  condition: conditionSchema.nullable().optional(),
});
export type LedgerEntry = z.infer<typeof ledgerEntrySchema>;

/** A new field is optional or has a default here; any other change is a version of its own. */
export const ledgerEntryShape = versioned({
  what: say('version.ledger-entry'),
  schema: ledgerEntrySchema,
  upgrades: [
    // 1 → 2: disks and NICs in the plural.
    ({ slot, config, ...rest }: { slot: number; config: FirstInstanceConfig }) => ({
      ...rest,
      config: upgradeInstanceConfig(config),
      places: [slot],
    }),
  ],
});

/**
 * An entry that cannot be read: damaged, or of a newer release. Its instance was promised all the same: nothing of it may be
 * cleaned away.
 */
export interface UnreadableEntry {
  instanceId: InstanceId;
  /** Where the file lies now. */
  path: string;
  reason: string;
}

export interface Ledger {
  load(): Promise<{ entries: LedgerEntry[]; unreadable: UnreadableEntry[] }>;
  /** Durable when it resolves. Writes of one instance keep their order. */
  write(entry: LedgerEntry): Promise<void>;
  /** Forgets the instance for good, an unreadable entry too. Unknown: done already. */
  remove(instanceId: InstanceId): Promise<void>;
}
