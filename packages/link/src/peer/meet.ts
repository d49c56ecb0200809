/**
 * A session to a component of one's own kind for one exchange, on a ticket. It is no peer: nobody redials it and no state is reported. Its
 * heartbeats keep the other side from dropping it as silent, and end it when that side is gone, so that no transfer hangs.
 */
import type { ComponentRecord, LinkTable } from '@zhiyun/contracts/links';
import type { Clock } from '@zhiyun/kernel';
import { goneMs, heartbeatMs } from '../limits.ts';
import { createLinkClient } from '../rpc/client.ts';
import { type Dial, describePeer, linkLost } from '../rpc/session.ts';
import type { Met } from '../types.ts';

export async function meetOnce(
  record: ComponentRecord,
  { dial, clock, signal }: { dial: Dial; clock: Clock; signal: AbortSignal },
): Promise<Met> {
  const session = await dial(record, undefined, signal, () => {});
  let over = false;
  const beat = clock.every(heartbeatMs, () => {
    if (session.silentMs(clock.monotonicMs()) >= goneMs) session.close('lost');
    else session.heartbeat();
  });
  void session.ended.then(() => {
    over = true;
    beat[Symbol.dispose]();
  });
  return {
    as: <T extends LinkTable>(table: T) =>
      createLinkClient(table, () => {
        if (over) throw linkLost(describePeer(record));
        return session;
      }),
    async [Symbol.asyncDispose]() {
      session.close('goodbye');
      await session.ended;
    },
  };
}
