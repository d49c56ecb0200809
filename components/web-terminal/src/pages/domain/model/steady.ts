/**
 * What comes and goes is not drawn as coming and going: lost twice within a minute, it is shown as suspect since the first of
 * these losses, until it has stayed as it is for a while. A first loss and its end are shown at once.
 */
import type { ComponentState, LinkState } from '@zhiyun/contracts';

interface Watched {
  state: ComponentState | LinkState;
  since: string;
}

interface Past extends Watched {
  /** When it was lost, within the window. */
  losses: readonly number[];
}

/** By id. Written by `steadied` alone. */
export type Memory = Map<string, Past>;

const windowMs = 60_000;
const holdMs = 15_000;

/** Asked again with the same, it answers the same. */
export function steadied<Item extends Watched>(
  items: readonly Item[],
  idOf: (item: Item) => string,
  memory: Memory,
  nowMs: number,
): Item[] {
  return items.map((item) => {
    const { state, since } = item;
    const past = memory.get(idOf(item));
    const recent = (past?.losses ?? []).filter((at) => nowMs - at < windowMs + holdMs);
    const losses = past && isLost(past, item) ? [...recent, Date.parse(since)] : recent;
    memory.set(idOf(item), { state, since, losses });
    const [first] = losses;
    const unsteady = first !== undefined && losses.length > 1 && nowMs - Date.parse(since) < holdMs;
    return unsteady ? { ...item, state: 'suspect', since: new Date(first).toISOString() } : item;
  });
}

/** Also when it was back in between and nobody looked. */
function isLost(past: Watched, now: Watched): boolean {
  if (now.state === 'online') return false;
  return past.state === 'online' || (past.state === now.state && past.since !== now.since);
}
