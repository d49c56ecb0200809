/**
 * Bodies of REST requests: small JSON, buffered so that a request can be retried. Before authentication the size, the
 * time and the number per address are limited, so that stalled senders cost next to nothing.
 */
import type { Readable } from 'node:stream';
import { say } from '@zhiyun/contracts';
import { type Clock, PlatformError } from '@zhiyun/kernel';
import { PerAddress } from './per-address.ts';

/** As much as the Control Server takes. */
export const maxBodyBytes = 256 * 1024;
/** Limit before authentication. Sign-in, and nearly everything else, is far below. */
export const unknownSenderBytes = 16 * 1024;
const withinMs = 15_000;
export const bodiesPerAddress = 64;

export interface BodyRequest {
  stream: Readable;
  /** By Content-Length; undefined when it is not said. */
  announcedBytes: number | undefined;
  address: string;
  /** Throws when its sender may not send more than anybody; undefined where nobody may. */
  admit: (() => Promise<void>) | undefined;
}

export type ReadBody = (request: BodyRequest) => Promise<Buffer>;

/** Throws `too-many-requests`, `payload-too-large`, `request-timeout`, and what `admit` throws. */
export function createBodyReader(clock: Clock): ReadBody {
  const arriving = new PerAddress(bodiesPerAddress);
  return async ({ stream, announcedBytes, address, admit }) => {
    const giveBack = arriving.take(address);
    if (!giveBack) throw new PlatformError('too-many-requests', say('gateway.too-many-bodies'));
    const late = new AbortController();
    try {
      return await Promise.race([collect(stream, announcedBytes, admit), tooLate(clock, late.signal)]);
    } finally {
      late.abort();
      giveBack();
      // What is still to come belongs to whoever ends the request.
      stream.pause();
    }
  };
}

async function tooLate(clock: Clock, signal: AbortSignal): Promise<never> {
  await clock.sleep(withinMs, signal);
  throw new PlatformError('request-timeout', say('gateway.body-too-slow', { within: withinMs / 1000 }));
}

async function collect(stream: Readable, announcedBytes = 0, admit: BodyRequest['admit']): Promise<Buffer> {
  let limit = unknownSenderBytes;
  const need = async (bytes: number) => {
    if (bytes > limit && limit < maxBodyBytes && admit) {
      await admit();
      limit = maxBodyBytes;
    }
    if (bytes > limit) throw new PlatformError('payload-too-large', say('gateway.body-too-large', { limit }));
  };
  await need(announcedBytes);
  const parts: Buffer[] = [];
  let size = 0;
  // Left as it is when we stop: it is still needed to answer.
  for await (const part of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += part.length;
    await need(size);
    parts.push(part);
  }
  return Buffer.concat(parts);
}
