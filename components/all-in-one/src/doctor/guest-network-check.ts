/** The network of the guests: what is in the kernel against what is wanted, and what of other programs stands in its way. */
import { englishOf } from '@zhiyun/kernel';
import { inspectGuestNetwork, type NetworkInspection } from '@zhiyun/node-client';
import { type Finding, limited, missing, ok } from './check.ts';

const name = 'guest network';
const running = 'while the platform runs it is restored by itself; otherwise start it';

export async function checkGuestNetwork(home: string): Promise<readonly Finding[]> {
  try {
    return findingsOf(await inspectGuestNetwork(home));
  } catch (error) {
    return [
      limited(name, error instanceof Error ? error.message : String(error), 'run it as root, with nftables installed'),
    ];
  }
}

/** Pure. */
export function findingsOf({ guests, faults }: NetworkInspection): readonly Finding[] {
  if (faults.length === 0)
    return [ok(name, guests === null ? 'nothing stands in its way' : `as it is wanted, with ${guests} guests`)];
  return faults.map(({ severity, sentence, mend }) =>
    // What stands in the way of a network that is not there yet is no reason not to start.
    (severity === 'error' && guests !== null ? missing : limited)(
      name,
      englishOf(sentence),
      mend ? englishOf(mend) : running,
    ),
  );
}
