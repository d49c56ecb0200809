/** Entry point of the link thread: carries out orders and reports. Started by `LinkThread`. */
import { parentPort } from 'node:worker_threads';
import { systemClock } from '@zhiyun/kernel';
import { listenedMs, maxUntakenChars } from '../limits.ts';
import { Connections } from './connections.ts';
import type { Order, Report } from './messages.ts';
import { Outbox } from './outbox.ts';

const port = parentPort;
if (!port) throw new Error('This is no thread');
const reports = new Outbox<Report>((batch) => port.postMessage(batch));
const report = (it: Report) => {
  // Of thousands that say how they are, none is in a hurry.
  if (it.kind === 'item' || it.kind === 'heard') reports.putLater(it);
  else reports.put(it);
};
const connections = new Connections(report, { clock: systemClock, maxUntakenChars });
const listening = systemClock.every(listenedMs, () => connections.listen());
port.on('message', (orders: readonly Order[]) => {
  for (const order of orders) {
    if (order.kind !== 'finish') connections.carryOut(order);
    else {
      listening[Symbol.dispose]();
      connections.finish();
      // What still has to leave holds the thread for that long.
      port.close();
    }
  }
});
