/** What the CLI remembers between calls: where the platform is, and the session. Kept 0600 in the user's own directory. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';

const savedSchema = z.object({
  url: z.url(),
  token: z.string(),
  username: z.string(),
  caCertificate: z.string().optional(),
});
export type SavedSession = z.infer<typeof savedSchema>;

const file = join(process.env.XDG_CONFIG_HOME ?? join(homedir(), '.config'), 'zhiyun', 'session.json');

/** `$ZHIYUN_HOME` or its default: where a platform on this very machine keeps its state. */
export const platformHome = process.env.ZHIYUN_HOME ?? '/var/lib/zhiyun';

/** What can be made again at any time. */
export const cacheDirectory = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'zhiyun');

export function loadSession(): SavedSession | undefined {
  try {
    return savedSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    // Absent or unreadable: the same as not signed in.
    return undefined;
  }
}

export function saveSession(session: SavedSession): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  rmSync(file, { force: true });
  writeFileSync(file, `${JSON.stringify(session, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
}

export function forgetSession(): void {
  rmSync(file, { force: true });
}
