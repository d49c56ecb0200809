import { goneMs, suspectMs } from '../limits.ts';
import type { PeerState } from '../types.ts';

/**
 * State of a peer from observations. `silentMs` counts from the last sign of life, or from when it became known. A peer
 * heard lately stays online while its connection is broken: it may be back before anybody needs it.
 */
export function peerStateOf(seen: { heard: boolean; saidGoodbye: boolean; silentMs: number }): PeerState {
  if (seen.saidGoodbye || seen.silentMs >= goneMs) return 'gone';
  if (seen.silentMs >= suspectMs) return 'suspect';
  return seen.heard ? 'online' : 'connecting';
}
