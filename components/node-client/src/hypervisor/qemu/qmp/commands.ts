/** QMP commands in use: parameters, and the parts of the answers we rely on. The rest is ignored. */
import { z } from 'zod';

const nothing = z.unknown().transform(() => undefined);

/** QEMU's run states; a newer QEMU may know others. */
const runStateSchema = z.string();

const blockStatisticsSchema = z.array(
  z.object({
    stats: z.object({
      rd_bytes: z.int(),
      wr_bytes: z.int(),
      rd_operations: z.int(),
      wr_operations: z.int(),
    }),
  }),
);

export const qmpAnswers = {
  qmp_capabilities: nothing,
  'query-status': z.object({ status: runStateSchema, running: z.boolean() }),
  'query-blockstats': blockStatisticsSchema,
  system_powerdown: nothing,
  system_reset: nothing,
  screendump: nothing,
  cont: nothing,
  'qom-set': nothing,
  quit: nothing,
} as const;

/** Queries without side effects. */
export type QuestionCommand = 'query-status';
export type QmpCommand = keyof typeof qmpAnswers;
export type QmpAnswer<Command extends QmpCommand> = z.infer<(typeof qmpAnswers)[Command]>;

interface Parameters {
  'qom-set': { path: string; property: string; value: number };
  screendump: { filename: string; format: 'png' };
}
/** Only commands that take parameters are listed in `Parameters`. */
export type QmpParameters<Command extends QmpCommand> = Command extends keyof Parameters
  ? [parameters: Parameters[Command]]
  : [];
