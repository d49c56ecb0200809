/**
 * An image from one Storage Server to another. The receiver fetches it there directly, on a ticket; where either is too old for that, they
 * cannot reach each other, or the ticket was lost or came too late, the bytes pass through here piece by piece. The receiver checks them like an upload and takes them in at once or
 * not at all; one that has the image says so.
 */
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import type { ComponentId, ErrorCode, ImageId } from '@zhiyun/contracts';
import type { CheckedImage } from '@zhiyun/contracts/links';
import { PlatformError } from '@zhiyun/kernel';
import type { Peers, StorageClient, StoragePeer } from '../peers/peers.ts';
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

/** The first protocol whose Storage Servers know `offerImage` and `fetchImage`. */
const direct = 3;

/** Throws `storage-unreachable`, `disk-full`, and whatever speaks against the bytes; then the receiver has nothing of it. */
export async function copyImage(peers: Peers, copy: ImageCopy): Promise<void> {
  const { to, signal } = copy;
  const patience = { signal, patienceMs };
  await peers.askStorage(
    to,
    async (receiver, { protocol }) => {
      const offer = protocol >= direct ? await offerOf(peers, copy) : undefined;
      if (!offer || !(await fetchDirectly(receiver, copy, offer))) await relay(peers, receiver, copy);
    },
    patience,
  );
}

type Offer = Pick<Parameters<StorageClient['fetchImage']>[0], 'from' | 'ticket'>;

/** Undefined: the sender is too old. */
function offerOf(peers: Peers, { image, from, to, signal }: ImageCopy): Promise<Offer | undefined> {
  const ask = async (sender: StorageClient, { protocol, id, name, endpoint }: StoragePeer) => {
    if (protocol < direct) return undefined;
    const { ticket } = await sender.offerImage({ imageId: image.id, reader: to }, { signal });
    return { from: { id, name, endpoint }, ticket };
  };
  return peers.askStorage(from, ask, { signal, patienceMs });
}

/** The ways of not getting at the bytes. A ticket ends with its giver's process, and while the receiver is busy with an earlier copy. */
const noWay: readonly ErrorCode[] = ['storage-unreachable', 'ticket-invalid'];

/** False: there is no direct way. */
async function fetchDirectly(
  receiver: StorageClient,
  { image, signal, progress }: ImageCopy,
  offer: Offer,
): Promise<boolean> {
  try {
    await receiver.fetchImage({ image, ...offer }, { signal, onProgress: progress });
    return true;
  } catch (error) {
    if (error instanceof PlatformError && noWay.includes(error.code)) return false;
    throw error;
  }
}

async function relay(
  peers: Peers,
  receiver: StorageClient,
  { image, from, signal, progress }: ImageCopy,
): Promise<void> {
  const pipe = await receiver.receiveImage({ image }, { signal, timeoutMs: openTimeoutMs });
  const answered = new AbortController();
  const answer = buffer(pipe).finally(() => answered.abort());
  answer.catch(() => {});
  try {
    const stop = AbortSignal.any([signal, answered.signal]);
    const read = { imageId: image.id, offsetBytes: 0 };
    const bytes = await peers.askStorage(from, (sender) => sender.readImage(read, { signal: stop }), {
      signal,
      patienceMs,
    });
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
