/** How old the load board gets: what anyone sees who lists the nodes, one page a second, so that looking costs next to nothing. */
import type { ScalePlatform } from './scale-platform.ts';

export interface LoadAge {
  /** Oldest sample shown, until its answer has come. Nodes date their samples; here they have the same clock. */
  maxMs: number;
  /** Nodes looked at, each once per round of the pages. */
  looked: number;
  /** Of them, those without a load: not heard of for ten seconds. */
  silent: number;
}

const everyMs = 1_000;
const nodesPerPage = 500;

/** Looks until `stop`, which answers what was seen. */
export function watchLoadAge({ client, clock }: ScalePlatform): { stop(): Promise<LoadAge> } {
  const stopping = new AbortController();
  const age = { maxMs: 0, looked: 0, silent: 0 };
  const look = async () => {
    for (let cursor: string | undefined; !stopping.signal.aborted; ) {
      const page = await client.listNodes({ query: { limit: nodesPerPage, ...(cursor ? { cursor } : {}) } });
      const now = clock.now();
      for (const { load } of page.items) {
        age.looked++;
        if (load) age.maxMs = Math.max(age.maxMs, now - Date.parse(load.at));
        else age.silent++;
      }
      cursor = page.nextCursor ?? undefined;
      await clock.sleep(everyMs, stopping.signal).catch(() => undefined);
    }
    return age;
  };
  const looking = look();
  // Its failure is told by `stop`.
  looking.catch(() => undefined);
  return {
    stop() {
      stopping.abort();
      return looking;
    },
  };
}
