/** What `up --json` prints when the platform is ready, and what `platform.json` in the home keeps for other programs. */
import { z } from 'zod';

export const readyInfoSchema = z.object({
  url: z.url(),
  username: z.string(),
  /** Holds the first password of `username`; made once, 0600. */
  passwordFile: z.string(),
  /** PEM of the platform's certificate authority. */
  caFile: z.string(),
  pid: z.int(),
  version: z.string(),
  startedAt: z.iso.datetime(),
});
export type ReadyInfo = z.infer<typeof readyInfoSchema>;
