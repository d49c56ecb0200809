/** The serial console of an instance on this terminal. Ctrl-] leaves, as with telnet and virsh. */
import { WebSocket } from 'ws';
import { connect } from './connection.ts';
import { CommandError } from './output.ts';

const leaveByte = 0x1d;

export async function openSerialConsole(id: string): Promise<void> {
  const { client } = connect();
  const { url } = await client.createSerialTicket({ params: { id } });
  const socket = new WebSocket(url);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.on('open', () => {
    process.stderr.write('Connected; press Enter for a prompt, Ctrl-] to leave.\r\n');
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
  socket.once('error', (error) => reject(new CommandError(`The console was cut: ${error.message}`)));
  try {
    await promise;
  } finally {
    if (process.stdin.isTTY) process.stdin.setRawMode(false);
    process.stdin.pause();
    process.stderr.write('\r\n');
  }
}
