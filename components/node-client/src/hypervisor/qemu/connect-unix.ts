import { connect, type OnReadOpts, type Socket } from 'node:net';

/** A connected unix socket, or the system's error (`ENOENT`, `ECONNREFUSED`). */
export function connectUnix(path: string, onread?: OnReadOpts): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const socket = connect(onread === undefined ? { path } : { path, onread });
  socket.once('connect', () => {
    socket.off('error', reject);
    resolve(socket);
  });
  socket.once('error', reject);
  return promise;
}
