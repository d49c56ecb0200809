/**
 * The network of a node's guests as its Node Client watches over it: what in the kernel is not as the platform wants it, or stands
 * in its way, and what was found altered and was restored.
 */
import { z } from 'zod';
import { timestampSchema } from '../fields.ts';
import { sentenceSchema } from '../sentences/sentence.ts';

/** Each also names a sentence of the catalogue, `network.<kind>`. A newer node may know more. */
export const networkFindingKinds = [
  'rules-missing',
  'rules-altered',
  'guard-missing',
  'tap-missing',
  'tap-unplugged',
  'tap-down',
  'address-missing',
  'forwarding-off',
  'dhcp-stopped',
  'dhcp-files',
  'forward-blocked',
  'input-blocked',
  'range-overlap',
  'range-waits',
  'no-resolvers',
] as const;
export type NetworkFindingKind = (typeof networkFindingKinds)[number];

export const networkFindingSchema = z.object({
  kind: z.string(),
  /** Which of its kind: an interface, a chain, a port; empty where there is only one. */
  subject: z.string(),
  /** `error`: guests are cut off or would be unprotected. `warning`: something works less well. */
  severity: z.enum(['warning', 'error']),
  /** In English; `sentence` says it in every language. */
  detail: z.string(),
  sentence: sentenceSchema,
  mend: z.string().nullable(),
  mendSentence: sentenceSchema.nullable(),
  since: timestampSchema,
});
export type NetworkFinding = z.infer<typeof networkFindingSchema>;

/** One turn of events, for the event log. */
export const networkChangeSchema = z.object({
  sequence: z.int(),
  at: timestampSchema,
  change: z.enum(['altered', 'restored']),
  finding: networkFindingSchema,
  /** The program that did it, where the kernel says so. */
  by: z.string().nullable(),
});
export type NetworkChange = z.infer<typeof networkChangeSchema>;

export const networkReportSchema = z.object({
  /** Of the agent: after a restart it counts anew. */
  life: z.string(),
  /** Grows with every change of what follows, within one life. */
  sequence: z.int(),
  findings: z.array(networkFindingSchema),
  /** The newest ones, oldest first. */
  changes: z.array(networkChangeSchema),
});
export type NetworkReport = z.infer<typeof networkReportSchema>;
