/** Settles the range of a node's guests when it starts, and keeps it. */
import { readdir } from 'node:fs/promises';
import { say } from '@zhiyun/contracts';
import { type Logger, PlatformError } from '@zhiyun/kernel';
import { findMachines } from '../../instance/find-machines.ts';
import type { NodePaths } from '../../paths.ts';
import type { RunCommand } from '../run-command.ts';
import { type GuestRange, parseNetwork, parseRange, rangeText, settleRange } from './guest-range.ts';
import { keepRange, readRange } from './kept-state.ts';
import { machineNetworks } from './machine-networks.ts';

export async function settleNodeRange(options: {
  paths: NodePaths;
  /** As the administrator wrote it. */
  configured: string | undefined;
  run: RunCommand;
  log: Logger;
}): Promise<{ range: GuestRange; waits: GuestRange | undefined }> {
  const { paths, run, log } = options;
  const configured = options.configured === undefined ? undefined : parseRange(options.configured);
  const [kept, entries, machines, used] = await Promise.all([
    readRange(paths.root),
    readdir(paths.ledger).catch(() => []),
    findMachines(paths.instances),
    // Without it the first range is as good as any.
    machineNetworks(run).catch(() => []),
  ]);
  const settled = settleRange({
    kept,
    configured,
    hasInstances: entries.length > 0,
    anyRuns: machines.size > 0,
    used,
  });
  const { range, waits } = settled;
  if (!kept || rangeText(kept) !== rangeText(range)) {
    await keepRange(paths.root, range);
    log.info({ range: rangeText(range) }, 'The network of the guests has been settled');
  }
  if (waits) log.warn({ range: rangeText(range), configured: rangeText(waits) }, 'Another guest network waits');
  return settled;
}

/** Throws `invalid-request` for what is no IPv4 address or network. */
export function parseRefused(texts: readonly string[]): string[] {
  return texts.map((text) => {
    const network = parseNetwork(text);
    if (network) return rangeText(network);
    throw new PlatformError('invalid-request', say('network.bad-refused', { text: JSON.stringify(text) }));
  });
}
