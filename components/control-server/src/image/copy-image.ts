/**
 * An image from one Storage Server to another: its bytes pass through here piece by piece, at the pace of the slower side.
 * The receiver checks them like an upload and takes them in at once or not at all; one that has the image says so.
 */
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import type { ComponentId, ImageId } from '@zhiyun/contracts';
import type { CheckedImage } from '@zhiyun/contracts/links';
import type { Peers } from '../peers/peers.ts';
import { patienceMs } from './transactions/image-transaction.ts';

export interface ImageCopy {
  image: CheckedImage & { id: ImageId };
  from: ComponentId;
  to: ComponentId;
  signal: AbortSignal;
  /** 0 to 1. */
  progress: (fraction: number) => void;
}

/** Until the receiver wants bytes: it may still be checking those of a copy that broke off. */
const openTimeoutMs = 3_600_000;

/** Throws `storage-unreachable`, `disk-full`, and whatever speaks against the bytes; then the receiver has nothing of it. */
export async function copyImage(peers: Peers, { image, from, to, signal, progress }: ImageCopy): Promise<void> {
  const patience = { signal, patienceMs };
  await peers.askStorage(
    to,
    async (receiver) => {
      const pipe = await receiver.receiveImage({ image }, { signal, timeoutMs: openTimeoutMs });
      const answered = new AbortController();
      const answer = buffer(pipe).finally(() => answered.abort());
      answer.catch(() => {});
      try {
        const stop = AbortSignal.any([signal, answered.signal]);
        const read = { imageId: image.id, offsetBytes: 0 };
        const bytes = await peers.askStorage(from, (sender) => sender.readImage(read, { signal: stop }), patience);
        bytes.end(); // We have nothing to say to the sender.
        await pipeline(counted(bytes, image.sizeBytes, progress), pipe, { signal: stop });
      } catch (error) {
        // Once it has answered, its answer counts: it may have wanted no more bytes.
        if (!answered.signal.aborted) {
          pipe.destroy();
          throw error;
        }
      }
      await answer;
    },
    patience,
  );
}

async function* counted(
  bytes: Readable,
  sizeBytes: number,
  progress: (fraction: number) => void,
): AsyncGenerator<Buffer> {
  let sent = 0;
  for await (const chunk of bytes as AsyncIterable<Buffer>) {
    sent += chunk.length;
    progress(sent / sizeBytes);
    yield chunk;
  }
}
