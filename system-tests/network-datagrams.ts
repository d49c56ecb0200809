/** Sends datagrams all the time, or counts those that arrive by where they come from: for what must not pass even for a moment. */
import { createSocket } from 'node:dgram';
import { answerLines } from './network-line-process.ts';

export interface DatagramSettings {
  /** Sends there every millisecond or two. */
  to?: { address: string; port: number };
  /** Counts what comes here. */
  port?: number;
}

if (import.meta.main) {
  const { to, port }: DatagramSettings = JSON.parse(process.argv[2] ?? '');
  const socket = createSocket('udp4');
  const sources: Record<string, number> = {};
  socket.on('message', (_, { address }) => {
    sources[address] = (sources[address] ?? 0) + 1;
  });
  // What cannot be delivered is what is tried.
  socket.on('error', () => {});
  socket.bind(port ?? 0);
  if (to) setInterval(() => socket.send('x', to.port, to.address, () => {}), 1);
  await answerLines(async () => sources);
}
