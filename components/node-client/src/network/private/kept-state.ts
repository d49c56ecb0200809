/**
 * Persistent state of the guest network: its range for the node's life, and its desired state for observers outside the
 * agent (`zhiyun doctor`).
 */
import { join } from 'node:path';
import { say } from '@zhiyun/contracts';
import { readKept, versioned, writeKept } from '@zhiyun/kernel';
import { z } from 'zod';
import type { GuestRange } from './guest-range.ts';

const rangeSchema = z.object({ base: z.string(), prefixLength: z.int() });

const stateSchema = z.object({
  shortNodeId: z.string(),
  range: rangeSchema,
  rangeWaits: rangeSchema.nullable().default(null),
  /** Null: the rules have never been loaded. */
  tableForm: z.string().nullable().default(null),
  resolvFile: z.string(),
});
export type KeptState = z.infer<typeof stateSchema>;

const stateShape = versioned({ what: say('network.kept-state'), schema: stateSchema });
const rangeShape = versioned({ what: say('network.kept-range'), schema: rangeSchema });
const cure = 'remove it and start the platform, which writes it anew';
const stateFile = (directory: string) => join(directory, 'wanted.json');
const rangeFile = (root: string) => join(root, 'guest-range.json');

export function keepState(directory: string, state: KeptState): Promise<void> {
  return writeKept(stateFile(directory), stateShape, state);
}

/** Undefined: there is no guest network here. */
export function readState(directory: string): Promise<KeptState | undefined> {
  return readKept(stateFile(directory), stateShape, cure);
}

export function keepRange(root: string, range: GuestRange): Promise<void> {
  return writeKept(rangeFile(root), rangeShape, range);
}

/** Undefined: it was never settled. */
export function readRange(root: string): Promise<GuestRange | undefined> {
  return readKept(rangeFile(root), rangeShape, cure);
}
