/** The thread of `FileHash`. A descriptor is the process's, so it reads the very file that the other thread has open. */
import { createHash } from 'node:crypto';
import { readSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';

export type HashOrder = { kind: 'hash'; upTo: number } | { kind: 'digest' };
export type HashReport = { kind: 'hashed'; hashedBytes: number } | { kind: 'digest'; sha256: string };

const port = parentPort;
if (!port) throw new Error('This is no thread');
const fd = workerData as number;
const chunkBytes = 1 << 20;
const reportedBytes = 32 << 20;

const hash = createHash('sha256');
const buffer = Buffer.allocUnsafe(chunkBytes);
let done = 0;

port.on('message', (order: HashOrder) => {
  if (order.kind === 'digest') port.postMessage({ kind: 'digest', sha256: hash.digest('hex') } satisfies HashReport);
  else hashTo(order.upTo);
});

function hashTo(end: number): void {
  while (done < end) {
    const read = readSync(fd, buffer, 0, Math.min(chunkBytes, end - done), done);
    if (read === 0) throw new Error('The file has become shorter while it was read.');
    hash.update(buffer.subarray(0, read));
    const before = done;
    done += read;
    const isWorthSaying = Math.floor(done / reportedBytes) > Math.floor(before / reportedBytes);
    if (isWorthSaying || done === end) port?.postMessage({ kind: 'hashed', hashedBytes: done } satisfies HashReport);
  }
}
