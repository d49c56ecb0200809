/** The interfaces of guests, made and removed with `ip`. */
import type { FileOwner } from '../disk/instance-disks.ts';
import { tapExists } from './observe-network.ts';
import type { RunCommand } from './run-command.ts';
import { type GuestLink, linkPrefixLength } from './slots.ts';

export async function makeTaps(run: RunCommand, links: readonly GuestLink[], owner: FileOwner): Promise<void> {
  await run('ip', ['-batch', '-'], links.map((link) => tapCommands(link, owner)).join(''));
}

/** Whatever is there already is left as it is: a tap in use must not be touched. */
function tapCommands({ tap, gateway }: GuestLink, owner: FileOwner): string {
  const create = tapExists(tap)
    ? ''
    : `tuntap add dev ${tap} mode tap user ${owner.uid}\nlink set dev ${tap} addrgenmode none\n`;
  return `${create}address replace ${gateway}/${linkPrefixLength} dev ${tap}\nlink set dev ${tap} up\n`;
}

/** Not there, or taken away by somebody else meanwhile: done. */
export async function deleteTap(run: RunCommand, tap: string): Promise<void> {
  if (!tapExists(tap)) return;
  await run('ip', ['link', 'delete', 'dev', tap]).catch((error: unknown) => {
    if (tapExists(tap)) throw error;
  });
}
