/** tus 1.0 at `/uploads/<image id>`: HEAD and PATCH (the gateway answers OPTIONS). Errors are problem+json, like everywhere. */
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { Server } from '@tus/server';
import {
  type ErrorCode,
  type ImageId,
  imageIdSchema,
  problemOf,
  say,
  tusVersion,
  uploadContentType,
  uploadMethods,
  uploadOptionsHeaders,
} from '@zhiyun/contracts';
import { type Logger, PlatformError } from '@zhiyun/kernel';
import type { PlainHandler } from '@zhiyun/link';
import type { UploadStore } from './upload-store.ts';

export const uploadsPrefix = '/uploads';

export interface UploadEndpointOptions {
  store: UploadStore;
  /** The last byte of an upload has arrived. */
  onFinished: (id: ImageId) => void;
  log: Logger;
}

export function createUploadEndpoint({ store, onFinished, log }: UploadEndpointOptions): PlainHandler {
  const tus = new Server({
    path: uploadsPrefix,
    datastore: store,
    async onUploadFinish(_request, upload) {
      onFinished(imageIdSchema.parse(upload.id));
      return {};
    },
    async onResponseError(_request, error) {
      if (!(error instanceof PlatformError)) return undefined;
      const problem = problemOf(error.toFault());
      return { status_code: problem.status, body: JSON.stringify(problem) };
    },
  });

  return (request, response) => {
    answer(tus, request)
      .then((answered) => send(answered, response))
      .catch((error: unknown) => {
        // A sender that went away; what it sent is kept.
        log.debug({ err: error }, 'an upload request ended early');
        response.stream?.close();
      });
  };
}

async function answer(tus: Server, request: Http2ServerRequest): Promise<Response> {
  const [path = ''] = request.url.split('?');
  const id = imageIdSchema.safeParse(path.slice(uploadsPrefix.length + 1));
  if (!id.success) return problemResponse('not-found', `There is no upload at ${path}.`);
  const { method, headers: asked } = request;
  if (!(uploadMethods as readonly string[]).includes(method)) {
    const allow = uploadMethods.join(', ');
    const words = say('rest.method', { allowed: allow, method });
    return problemOfError(new PlatformError('method-not-allowed', words), { allow });
  }
  if (method === 'OPTIONS') return new Response(null, { status: 204, headers: uploadOptionsHeaders });
  // As the protocol says, before anything else is looked at.
  if (asked['tus-resumable'] !== tusVersion) {
    const words = say('gateway.tus-version', { version: tusVersion });
    return problemOfError(new PlatformError('precondition-failed', words), { 'tus-version': tusVersion });
  }
  if (method === 'PATCH' && asked['content-type'] !== uploadContentType)
    return problemOfError(new PlatformError('unsupported-media-type', say('gateway.upload-type')));
  const response = await tus.handleWeb(toWebRequest(request));
  if (response.status < 400 || request.method === 'HEAD') return response;
  const body = await response.text();
  if (body.startsWith('{')) return problemResponseOf(response.status, body, response.headers);
  const code = codes[response.status] ?? (response.status < 500 ? 'invalid-request' : 'internal');
  const detail = `The upload was not continued: ${body.trim()}. ${advice[code] ?? ''}`.trim();
  return problemResponse(code, detail, response.headers);
}

const codes: Record<number, ErrorCode> = {
  404: 'not-found',
  409: 'upload-offset-mismatch',
  410: 'not-found',
  413: 'payload-too-large',
  415: 'unsupported-media-type',
};

const advice: Partial<Record<ErrorCode, string>> = {
  'upload-offset-mismatch': 'Ask with HEAD for the Upload-Offset that it has reached, and go on from there.',
  'payload-too-large': 'More bytes were sent than the size that was said when the upload was opened.',
  'invalid-request':
    'Send Tus-Resumable: 1.0.0, Content-Type: application/offset+octet-stream and the Upload-Offset that HEAD answers.',
};

function problemOfError(error: PlatformError, headers: Record<string, string> = {}): Response {
  const problem = problemOf(error.toFault());
  const all = new Headers({ 'tus-resumable': tusVersion, ...headers });
  return problemResponseOf(problem.status, JSON.stringify(problem), all);
}

function problemResponse(code: ErrorCode, detail: string, headers?: Headers): Response {
  const problem = problemOf({ code, detail });
  return problemResponseOf(problem.status, JSON.stringify(problem), headers);
}

function problemResponseOf(status: number, body: string, headers = new Headers()): Response {
  headers.set('content-type', 'application/problem+json');
  headers.delete('content-length');
  return new Response(body, { status, headers });
}

function toWebRequest(request: Http2ServerRequest): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    if (!name.startsWith(':') && value !== undefined) headers.set(name, String(value));
  }
  const body = request.method === 'PATCH' ? { body: Readable.toWeb(request) as BodyInit, duplex: 'half' } : {};
  return new Request(`http://storage-server${request.url}`, { method: request.method, headers, ...body });
}

/** Belongs to one connection of HTTP/1 and has no place in HTTP/2. */
const connectionHeaders = ['connection', 'transfer-encoding', 'keep-alive'];
/** The library would open uploads to the pages of every site, and names methods that are not taken here. */
const isForOtherSites = (name: string) => name.startsWith('access-control-');

async function send(answered: Response, response: Http2ServerResponse): Promise<void> {
  for (const name of [...answered.headers.keys()])
    if (connectionHeaders.includes(name) || isForOtherSites(name)) answered.headers.delete(name);
  response.writeHead(answered.status, Object.fromEntries(answered.headers));
  if (answered.body === null) response.end();
  else await pipeline(Readable.fromWeb(answered.body as ReadableStream), response.stream);
}
