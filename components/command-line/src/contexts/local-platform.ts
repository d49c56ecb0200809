/** What a platform on this machine says of itself: the all-in-one writes `platform.json` into its home when it is ready. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError } from '../output.ts';
import { said } from '../words/said.ts';
import type { LocalPlatform } from './contexts.ts';

/** Undefined when none has run there, or only roles without a gateway. */
export function localPlatform(home: string): LocalPlatform | undefined {
  const file = join(home, 'platform.json');
  let content: string;
  try {
    content = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EACCES') throw new CommandError(said.homeNotReadable(file));
    return undefined;
  }
  try {
    const { url, caFile } = JSON.parse(content) as { url?: string; caFile: string };
    return url === undefined ? undefined : { home, url, caCertificate: readFileSync(caFile, 'utf8') };
  } catch (error) {
    throw new CommandError(said.homeNotReadable(file), { cause: error });
  }
}

/** For hints only: what cannot be read is not there. */
export function localPlatformOrNone(home: string): LocalPlatform | undefined {
  try {
    return localPlatform(home);
  } catch {
    return undefined;
  }
}
