/** How many members of this process may be dialled at once. Whoever has a turn connects, and then waits for its handshake. */
import { Slots } from '@zhiyun/kernel';
import { dialsAtOnce, goneDialsAtOnce } from '../limits.ts';

const living = new Slots(dialsAtOnce);
const gone = new Slots(goneDialsAtOnce);

/** `isGone`: the Data Servers say that it is; it may wait until others have been reached. */
export function dialTurn(isGone: boolean, signal: AbortSignal): Promise<Disposable> {
  return (isGone ? gone : living).take(signal);
}
