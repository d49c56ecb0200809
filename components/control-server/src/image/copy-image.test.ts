/** Which way the bytes of an image go. */
import { Duplex, duplexPair } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { ComponentId, ErrorCode, ImageId } from '@zhiyun/contracts';
import { newId, PlatformError } from '@zhiyun/kernel';
import { expect, test } from 'vitest';
import type { Peers, StorageClient, StoragePeer } from '../peers/peers.ts';
import { copyImage } from './copy-image.ts';

const [from, to] = [newId<ComponentId>(), newId<ComponentId>()];
const image = {
  id: newId<ImageId>(),
  format: 'raw' as const,
  sizeBytes: 4,
  virtualSizeBytes: 4,
  sha256: 'a'.repeat(64),
};

interface World {
  protocols?: { from?: number; to?: number };
  fetch?: () => Promise<void>;
}

/** Answers what went on, and the bytes that passed through here. */
async function copied({ protocols = {}, fetch = async () => {} }: World): Promise<string[]> {
  const seen: string[] = [];
  const endpoint = { hosts: ['10.0.0.1'], port: 1, machine: 'x' };
  const clients: Record<string, Partial<StorageClient>> = {
    [from]: {
      offerImage: async ({ reader }) => ({ ticket: `for ${reader === to ? 'to' : reader}` }),
      readImage: async () => Duplex.from([Buffer.from('data')]),
    },
    [to]: {
      async fetchImage({ ticket, from: source }) {
        seen.push(`fetch ${ticket} at ${source.endpoint.hosts}`);
        await fetch();
        return image;
      },
      async receiveImage() {
        const [near, far] = duplexPair();
        void buffer(far).then((bytes) => {
          seen.push(`relayed ${bytes}`);
          far.end();
        });
        return near;
      },
    },
  };
  const askStorage: Peers['askStorage'] = (id, ask) => {
    const protocol = protocols[id === from ? 'from' : 'to'] ?? 3;
    const peer: StoragePeer = { id, name: id, endpoint, protocol };
    return ask(clients[id] as StorageClient, peer);
  };
  const peers: Peers = { askStorage, askNode: () => Promise.reject(new Error('not asked')) };
  const signal = new AbortController().signal;
  await copyImage(peers, { image, from, to, signal, progress: () => {} });
  return seen;
}

test('from one to the other directly, on a ticket for the receiver', async () => {
  expect(await copied({})).toEqual(['fetch for to at 10.0.0.1']);
});

test.each(['from', 'to'] as const)('through here when «%s» is of an older release', async (older) => {
  expect(await copied({ protocols: { [older]: 2 } })).toEqual(['relayed data']);
});

test('through here when they cannot reach each other or the ticket is lost; whatever else is wrong is an error', async () => {
  const failing = (code: ErrorCode) => () => Promise.reject(new PlatformError(code, 'No.'));
  for (const code of ['storage-unreachable', 'ticket-invalid'] as const)
    expect(await copied({ fetch: failing(code) })).toEqual(['fetch for to at 10.0.0.1', 'relayed data']);
  await expect(copied({ fetch: failing('checksum-mismatch') })).rejects.toMatchObject({ code: 'checksum-mismatch' });
});
