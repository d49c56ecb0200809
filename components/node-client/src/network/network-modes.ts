/** The network modes of this node, by name. */
import { say } from '@zhiyun/contracts';
import type { NicConfig } from '@zhiyun/contracts/links';
import { PlatformError } from '@zhiyun/kernel';
import type { NetworkMode } from './network-mode.ts';

/** Throws `invalid-request` for a NIC of a mode that is not there. */
export type ModeOf = (nic: NicConfig) => NetworkMode;

export function networkModes(modes: readonly NetworkMode[]): ModeOf {
  const byName = new Map(modes.map((mode) => [mode.name, mode]));
  return ({ mode: name }) => {
    const mode = byName.get(name);
    if (mode) return mode;
    throw new PlatformError(
      'invalid-request',
      say('node.no-network-mode', { name, known: [...byName.keys()].join(', ') }),
    );
  };
}
