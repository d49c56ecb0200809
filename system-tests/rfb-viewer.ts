/** As little of a VNC viewer as tells who is let in and who is thrown out (RFC 6143). */
import { once } from 'node:events';
import type { Duplex } from 'node:stream';

export interface RfbViewer {
  /** True when the server still draws for it. */
  answers(): Promise<boolean>;
}

/** Shakes hands like an ordinary viewer, without authentication. */
export async function joinDisplay(stream: Duplex, { shared }: { shared: boolean }): Promise<RfbViewer> {
  const read = reader(stream);
  await read(12);
  stream.write('RFB 003.008\n');
  const [count = 0] = await read(1);
  await read(count);
  stream.write(Buffer.from([1]));
  await read(4);
  stream.write(Buffer.from([shared ? 1 : 0]));
  const screen = await read(24);
  await read(screen.readUInt32BE(20));
  return {
    async answers() {
      // A full update of one pixel.
      stream.write(Buffer.from([3, 0, 0, 0, 0, 0, 0, 1, 0, 1]));
      return read(1).then(
        () => true,
        () => false,
      );
    },
  };
}

function reader(stream: Duplex): (bytes: number) => Promise<Buffer> {
  let held = Buffer.alloc(0);
  stream.on('data', (bytes: Buffer) => {
    held = Buffer.concat([held, bytes]);
  });
  return async (bytes) => {
    while (held.length < bytes) {
      if (stream.destroyed) throw new Error('The viewer was thrown out.');
      await Promise.race([once(stream, 'data'), once(stream, 'close')]);
    }
    const taken = held.subarray(0, bytes);
    held = held.subarray(bytes);
    return taken;
  };
}
