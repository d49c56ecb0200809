/** A Storage Server among a Control Server, a node and a gateway, for tests. */
import { createHash } from 'node:crypto';
import type { ImageId } from '@zhiyun/contracts';
import { controlServerLink, storageServerLink } from '@zhiyun/contracts/links';
import { silentLogger, systemClock } from '@zhiyun/kernel';
import { bodyBytes, createMemoryDomain, type LinkHandlers, type Member, type PlainRequest } from '@zhiyun/link';
import { vi } from 'vitest';
import { createStorageServer } from '../index.ts';
import { rawDisk } from './images.ts';

export interface StorageDomainOptions {
  home: string;
  /** The image of the test. */
  id: ImageId;
  /** What a test ends with. */
  ends: (() => Promise<unknown>)[];
  /** Completed uploads as announced to the Control Server. */
  finished: ImageId[];
  /** Does it hear that? */
  hear?: boolean;
}

/** A Storage Server on `home`, and how a Control Server, a node and a gateway see it. */
export async function startStorageDomain({ home, id, ends, finished, hear = true }: StorageDomainOptions) {
  const domain = createMemoryDomain();
  const member = (type: Member['type']) => domain.join({ type, name: type });
  const [control, storage, node, gateway] = [
    member('control-server'),
    member('storage-server'),
    member('node-client'),
    member('http-gateway'),
  ];
  const never = () => Promise.reject(new Error('not asked here'));
  const handlers: LinkHandlers<typeof controlServerLink> = {
    redeemTicket: never,
    admitRequest: never,
    ready: never,
    endedConsoles: never,
    authorizeUpload: never,
    async uploadFinished({ imageId }) {
      finished.push(imageId);
      if (!hear) throw new Error('the database is away');
      return {};
    },
  };
  control.serve(controlServerLink, handlers);
  const server = await createStorageServer({ member: storage, home, clock: systemClock, log: silentLogger });
  ends.push(() => server.stop());
  await server.start();
  for (const each of [control, node, gateway]) {
    ends.push(async () => each[Symbol.asyncDispose]());
    await each.start();
  }
  const seenFrom = async (viewer: Member) => {
    await vi.waitUntil(() => viewer.peer(storage.id)?.state === 'online');
    const peer = viewer.peer(storage.id);
    if (!peer) throw new Error('the Storage Server is not there');
    return peer;
  };
  const [fromControl, fromNode, fromGateway] = [await seenFrom(control), await seenFrom(node), await seenFrom(gateway)];
  const tus = async (request: Omit<PlainRequest, 'path'>, path = `/uploads/${id}`) =>
    fromGateway.request({ ...request, path, headers: { 'tus-resumable': '1.0.0', ...request.headers } });
  return {
    server,
    calls: fromControl.as(storageServerLink),
    node: fromNode.as(storageServerLink),
    tus,
    patch: async (offset: number, body: PlainRequest['body'], signal?: AbortSignal) =>
      tus({
        method: 'PATCH',
        headers: { 'content-type': 'application/offset+octet-stream', 'upload-offset': String(offset) },
        ...(body && { body }),
        ...(signal && { signal }),
      }),
    offset: async () => {
      const { status, headers, body } = await tus({ method: 'HEAD', headers: {} });
      await bodyBytes({ body });
      return status === 200 ? Number(headers['upload-offset']) : status;
    },
  };
}
export type StorageDomain = Awaited<ReturnType<typeof startStorageDomain>>;

/** What it is, or what speaks against it. */
export function verdict<P, R>(ask: (params: P) => Promise<R>, params: P): Promise<R | unknown> {
  return ask(params).catch((error: unknown) => error);
}

export const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
export const noise = (bytes: number) => {
  const image = rawDisk(bytes);
  for (let at = 512; at < bytes; at += 4) image.writeUInt32LE((at * 2654435761) >>> 0, at);
  return image;
};
