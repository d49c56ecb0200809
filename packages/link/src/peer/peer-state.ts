import { goneMs, suspectMs } from '../limits.ts';
import type { PeerState } from '../types.ts';

/**
 * What we may say of a peer. `silentMs` counts from the last sign of life (or, before the first, from when we heard of it).
 * One that was heard lately is online even while its link is broken: it may be back before anybody has missed it.
 */
export function peerStateOf(seen: { heard: boolean; saidGoodbye: boolean; silentMs: number }): PeerState {
  if (seen.saidGoodbye || seen.silentMs >= goneMs) return 'gone';
  if (seen.silentMs >= suspectMs) return 'suspect';
  return seen.heard ? 'online' : 'connecting';
}
