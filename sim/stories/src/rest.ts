/** When everything that runs waits for the story's time: no statement at work, no file operation under way. */
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import type { Store } from '@zhiyun/store';
import { sql } from 'kysely';

/** So many looks in a row find nothing: an answer may be on its way between two of them. */
const looksAtRest = 3;
const turns = 6;
/** Bytes of images are read, hashed and sent by threads that nobody can look into: they get some of the time outside the story. */
const threads = { looks: 6, pauseMs: 8 };

/** `statements`: how many were run so far by those that are told of. */
export function createRest(store: Store, statements: () => number, hasThreads: boolean): () => Promise<void> {
  return async () => {
    for (let calm = 0; calm < (hasThreads ? threads.looks : looksAtRest); ) {
      const before = statements();
      await sleep(hasThreads ? threads.pauseMs : 1);
      for (let turn = 0; turn < turns; turn++) await setImmediate();
      const isBusy = hasFileWork() || statements() !== before || (await hasStatements(store));
      calm = isBusy || statements() !== before ? 0 : calm + 1;
    }
  };
}

function hasFileWork(): boolean {
  return process.getActiveResourcesInfo().some((resource) => resource.startsWith('FSReq'));
}

async function hasStatements({ db }: Store): Promise<boolean> {
  const { rows } = await sql<{ busy: boolean }>`
    select exists (select from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle') as busy`.execute(db);
  return rows[0]?.busy ?? false;
}
