/** What of the wanted state is kept beside the network, for whoever looks at the machine from outside the agent (`zhiyun doctor`). */
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { readKept, writeDurable } from '@zhiyun/kernel';
import { z } from 'zod';

const rangeSchema = z.object({ base: z.string(), prefixLength: z.int() });

const keptStateSchema = z.object({
  version: z.literal(1),
  shortNodeId: z.string(),
  range: rangeSchema,
  rangeWaits: rangeSchema.nullable().default(null),
  /** Null: the rules have never been loaded. */
  tableForm: z.string().nullable().default(null),
  resolvFile: z.string(),
});
export type KeptState = z.infer<typeof keptStateSchema>;

const fileName = 'wanted.json';

export async function keepState(directory: string, state: KeptState): Promise<void> {
  const file = join(directory, fileName);
  await writeDurable(file, JSON.stringify(state), 0o644);
  await chmod(file, 0o644);
}

/** Undefined: there is no guest network here. */
export function readState(directory: string): Promise<KeptState | undefined> {
  return readKept(join(directory, fileName), keptStateSchema, 'start the platform, which writes it anew');
}
