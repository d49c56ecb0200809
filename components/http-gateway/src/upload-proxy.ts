/** Bytes of images go straight to the Storage Server that has the upload, once a Control Server has said that they may. */
import type { Readable } from 'node:stream';
import { type ImageId, imageIdSchema } from '@zhiyun/contracts';
import { controlServerLink } from '@zhiyun/contracts/links';
import { type Logger, PlatformError } from '@zhiyun/kernel';
import type { Member } from '@zhiyun/link';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Client, headersToClient, headersToPeer } from './forward-headers.ts';
import type { LiveControl } from './live-control.ts';
import { fault, sendProblem } from './problem.ts';

async function storageServerOf(
  member: Member,
  control: LiveControl,
  imageId: ImageId,
  headers: FastifyRequest['headers'],
) {
  const { authorization, cookie } = headers;
  const bearer = { imageId, ...(authorization && { authorization }), ...(cookie && { cookie }) };
  const { storageServerId } = await control.ask((peer) => peer.as(controlServerLink).authorizeUpload(bearer), {
    repeatable: true,
  });
  const storage = member.peer(storageServerId);
  if (storage?.state !== 'online')
    throw new PlatformError(
      'storage-unreachable',
      'The Storage Server that has this upload cannot be reached right now; the upload can be continued later from where it is.',
    );
  return storage;
}

export function createUploadProxy(
  member: Member,
  control: LiveControl,
  log: Logger,
): (request: FastifyRequest, reply: FastifyReply, client: Client) => Promise<FastifyReply> {
  return async function proxy(request, reply, client) {
    const aborted = new AbortController();
    reply.raw.once('close', () => {
      if (!reply.raw.writableFinished) aborted.abort();
    });
    try {
      const { id } = request.params as { id: string };
      const imageId = imageIdSchema.safeParse(id);
      if (!imageId.success) throw new PlatformError('not-found', `There is no upload ${JSON.stringify(id)}.`);
      const storage = await storageServerOf(member, control, imageId.data, request.headers);
      const headers = headersToPeer(request.headers, client);
      // The bearer's secrets were for the Control Server; the Storage Server has no use for them.
      delete headers.authorization;
      delete headers.cookie;
      const response = await storage.request({
        method: request.method,
        path: `/uploads/${imageId.data}`,
        headers,
        signal: aborted.signal,
        ...(request.body ? { body: request.body as Readable } : {}),
      });
      return reply.code(response.status).headers(headersToClient(response.headers)).send(response.body);
    } catch (error) {
      // A cut upload is the client's to continue; nobody is there to answer.
      if (aborted.signal.aborted) return reply;
      if (error instanceof PlatformError) return sendProblem(reply, error.toFault());
      log.error({ err: error }, 'an upload could not be passed on');
      return sendProblem(
        reply,
        fault(
          'storage-unreachable',
          'The connection to the Storage Server broke; continue the upload from where it is.',
        ),
      );
    }
  };
}
