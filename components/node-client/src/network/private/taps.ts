/** The interfaces of guests, made and removed with `ip`. */
import type { FileOwner } from '../../volume/instance-disks.ts';
import type { RunCommand } from '../run-command.ts';
import { interfaces, readNumber, tapExists } from './observe-network.ts';
import { type GuestLink, linkPrefixLength } from './slots.ts';

export async function makeTaps(run: RunCommand, links: readonly GuestLink[], owner: FileOwner): Promise<void> {
  await run('ip', ['-batch', '-'], links.map((link) => tapCommands(link, owner)).join(''));
}

/** Whatever is there already is left as it is, unless it is another user's: a tap in use must not be touched. */
function tapCommands({ tap, gateway, ownerUid }: GuestLink, owner: FileOwner): string {
  const uid = ownerUid ?? owner.uid;
  const there = tapExists(tap);
  // A carrier means that a machine holds it open, which got its user only now: it goes on with what it has.
  const foreign = there && ownerOfTap(tap) !== uid && readNumber(`${interfaces}/${tap}/carrier`) !== 1;
  const remove = foreign ? `link delete dev ${tap}\n` : '';
  const create =
    there && !foreign ? '' : `tuntap add dev ${tap} mode tap user ${uid}\nlink set dev ${tap} addrgenmode none\n`;
  return `${remove}${create}address replace ${gateway}/${linkPrefixLength} dev ${tap}\nlink set dev ${tap} up\n`;
}

/** Undefined: there is no such tap. */
export function ownerOfTap(tap: string): number | undefined {
  return readNumber(`${interfaces}/${tap}/owner`);
}

/** Idempotent, also when another program removes it meanwhile. */
export async function deleteTap(run: RunCommand, tap: string): Promise<void> {
  if (!tapExists(tap)) return;
  await run('ip', ['link', 'delete', 'dev', tap]).catch((error: unknown) => {
    if (tapExists(tap)) throw error;
  });
}
