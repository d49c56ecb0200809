/** Limits concurrent dials in this process. A slot covers the connection and the wait for its handshake. */
import { Slots } from '@zhiyun/kernel';
import { dialsAtOnce, goneDialsAtOnce } from '../limits.ts';

const living = new Slots(dialsAtOnce);
const gone = new Slots(goneDialsAtOnce);

/**
 * `isGone`: the Data Servers report it as gone. Such dials have a small pool of their own, so that they never starve
 * live peers.
 */
export function dialTurn(isGone: boolean, signal: AbortSignal): Promise<Disposable> {
  return (isGone ? gone : living).take(signal);
}
