/** Proxies upload bytes to the Storage Server that has the upload, once a Control Server has authorised it. */
import type { Readable } from 'node:stream';
import { type ImageId, imageIdSchema, say } from '@zhiyun/contracts';
import { controlServerLink } from '@zhiyun/contracts/links';
import { type Clock, type Logger, PlatformError } from '@zhiyun/kernel';
import type { Member } from '@zhiyun/link';
import type { Client } from './client.ts';
import { headersToClient, headersToPeer } from './forward-headers.ts';
import type { Reply, Request } from './gateway-app.ts';
import type { LiveControl } from './live-control.ts';
import { fault, sendProblem } from './problem.ts';
import { askForBody, widenForUpload } from './secure-server.ts';

async function storageServerOf(member: Member, control: LiveControl, imageId: ImageId, headers: Request['headers']) {
  const { authorization, cookie } = headers;
  const bearer = { imageId, ...(authorization && { authorization }), ...(cookie && { cookie }) };
  const { storageServerId } = await control.ask((peer) => peer.as(controlServerLink).authorizeUpload(bearer), {
    repeatable: true,
  });
  const storage = member.peer(storageServerId);
  if (storage?.state !== 'online') throw new PlatformError('storage-unreachable', say('gateway.upload-keeper-away'));
  return storage;
}

/** Idle timeout of an upload; what was received is kept. */
const silentMs = 60_000;

function whenSilent(bytes: Readable, clock: Clock, then: () => void): Disposable {
  let lastMs = clock.monotonicMs();
  bytes.on('data', () => {
    lastMs = clock.monotonicMs();
  });
  return clock.every(silentMs / 4, () => {
    if (clock.monotonicMs() - lastMs >= silentMs) then();
  });
}

function methodOf({ method, headers }: Request): string {
  return method === 'POST' && headers['x-http-method-override'] === 'PATCH' ? 'PATCH' : method;
}

export interface UploadProxyOptions {
  member: Member;
  control: LiveControl;
  clock: Clock;
  log: Logger;
}

export function createUploadProxy({
  member,
  control,
  clock,
  log,
}: UploadProxyOptions): (request: Request, reply: Reply, client: Client) => Promise<Reply> {
  return async function proxy(request, reply, client) {
    const aborted = new AbortController();
    reply.raw.once('close', () => {
      if (!reply.raw.writableFinished) aborted.abort();
    });
    try {
      const { id } = request.params as { id: string };
      const imageId = imageIdSchema.safeParse(id);
      if (!imageId.success) throw new PlatformError('not-found', say('gateway.unknown-upload', { id }));
      const storage = await storageServerOf(member, control, imageId.data, request.headers);
      const headers = headersToPeer(request.headers, client);
      // The bearer's secrets were for the Control Server; the Storage Server has no use for them.
      delete headers.authorization;
      delete headers.cookie;
      const body = request.body as Readable | undefined;
      if (body) {
        widenForUpload(request.raw);
        askForBody(request.raw, reply.raw);
      }
      using _silent = body && whenSilent(body, clock, () => request.raw.destroy());
      const response = await storage.request({
        method: methodOf(request),
        path: `/uploads/${imageId.data}`,
        headers,
        signal: aborted.signal,
        isBulk: true,
        ...(body && { body }),
      });
      return reply.code(response.status).headers(headersToClient(response.headers)).send(response.body);
    } catch (error) {
      // A cut upload is the client's to continue; nobody is there to answer.
      if (aborted.signal.aborted) return reply;
      if (error instanceof PlatformError) return sendProblem(reply, error.toFault());
      log.error({ err: error }, 'an upload could not be passed on');
      return sendProblem(reply, fault('storage-unreachable', say('gateway.upload-broken')));
    }
  };
}
