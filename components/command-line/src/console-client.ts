/** The serial console of an instance on this terminal. Ctrl-] leaves, as with telnet and virsh. */
import { connect } from './connection.ts';
import { FailedError } from './output.ts';
import { said } from './words/said.ts';

const leaveByte = 0x1d;

export async function openSerialConsole(id: string): Promise<void> {
  const { client, transport } = connect();
  const { url } = await client.createSerialTicket({ params: { id } });
  const { WebSocket } = await import('ws');
  const { authorities } = transport;
  const socket = new WebSocket(url, { ...(authorities && { ca: [...authorities] }) });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.on('open', () => {
    process.stderr.write(`${said.consoleConnected()}\r\n`);
    if (process.stdin.isTTY) process.stdin.setRawMode(true);
    process.stdin.on('data', (bytes: Buffer) => {
      const end = bytes.indexOf(leaveByte);
      if (end > 0 || end < 0) socket.send(end < 0 ? bytes : bytes.subarray(0, end));
      if (end >= 0) socket.close();
    });
    process.stdin.once('end', () => socket.close());
  });
  socket.on('message', (bytes: Buffer) => process.stdout.write(bytes));
  socket.once('close', () => resolve());
  socket.once('error', (error) => reject(new FailedError(said.consoleCut(error.message))));
  try {
    await promise;
  } finally {
    if (process.stdin.isTTY) process.stdin.setRawMode(false);
    process.stdin.pause();
    process.stderr.write('\r\n');
  }
}
