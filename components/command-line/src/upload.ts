/**
 * Sends a file to an image's upload address by tus, and goes on where it was cut: asks how much has arrived, sends the next part
 * straight from the file, and so on. On Node's own `https`: the bytes are read once and held nowhere.
 */
import { createReadStream } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { text } from 'node:stream/consumers';
import { type Image, MiB, type Problem } from '@zhiyun/contracts';
import type { Connection } from './connection.ts';
import { CommandError, FailedError, jsonOutput } from './output.ts';
import { about, said } from './words/said.ts';
import { term } from './words/terms.ts';

/** Each is one request: proxies limit their size, and the progress of one that was cut is asked for anew. */
const partBytes = 64 * MiB;
const readBytes = 1 * MiB;
const retryDelaysMs = [200, 1_000, 3_000, 5_000, 10_000];
/** Nothing goes out or comes in for so long: the connection is given up. */
const silenceMs = 60_000;

interface UploadOptions {
  file: string;
  sizeBytes: number;
  image: Image;
  connection: Pick<Connection, 'session' | 'transport'>;
}

export async function uploadFile({ file, sizeBytes, image, connection }: UploadOptions): Promise<void> {
  if (!image.uploadUrl) throw new CommandError(said.notUploading(image.name, term('image.state', image.state)));
  const target = { url: new URL(image.uploadUrl, connection.session.url), connection };
  let vain = 0;
  for (let sent = 0; sent < sizeBytes; ) {
    try {
      const before = sent;
      sent = await arrived(target);
      if (sent > before) vain = 0;
      while (sent < sizeBytes) {
        const end = Math.min(sizeBytes, sent + partBytes);
        sent = await sendPart(target, file, sent, end, (at) => show(image.name, at / sizeBytes));
        vain = 0;
      }
    } catch (error) {
      const delay = retryDelaysMs[vain++];
      const why = error instanceof Error ? error.message : String(error);
      if (delay === undefined || !isWorthRepeating(error)) throw new FailedError(said.uploadCut(image.name, why));
      await new Promise((resolve) => setTimeout(resolve, delay));
    }
  }
  if (process.stderr.isTTY && !jsonOutput()) process.stderr.write('\r\x1b[K');
}

interface Target {
  url: URL;
  connection: UploadOptions['connection'];
}

class Refused extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** What the platform refuses as such will not be taken the next time; a broken connection and a busy platform may. */
function isWorthRepeating(error: unknown): boolean {
  return !(error instanceof Refused) || error.status >= 500 || [408, 409, 423, 429].includes(error.status);
}

/** How much of it the platform has. */
async function arrived(target: Target): Promise<number> {
  const request = open(target, 'HEAD', {});
  request.end();
  return offsetOf(await answered(request));
}

async function sendPart(
  target: Target,
  file: string,
  start: number,
  end: number,
  progress: (at: number) => void,
): Promise<number> {
  const request = open(target, 'PATCH', {
    'content-type': 'application/offset+octet-stream',
    'upload-offset': start,
    'content-length': end - start,
  });
  const bytes = createReadStream(file, { start, end: end - 1, highWaterMark: readBytes });
  let at = start;
  bytes.on('data', (chunk) => {
    at += chunk.length;
    progress(at);
  });
  bytes.on('error', (error) => request.destroy(error));
  bytes.pipe(request);
  try {
    return offsetOf(await answered(request));
  } finally {
    bytes.destroy();
  }
}

function open({ url, connection }: Target, method: string, headers: http.OutgoingHttpHeaders): http.ClientRequest {
  const { session, transport } = connection;
  const request = (url.protocol === 'http:' ? http : https).request(url, {
    method,
    agent: transport.agent,
    headers: { 'tus-resumable': '1.0.0', authorization: `Bearer ${session.token}`, ...headers },
  });
  request.setTimeout(silenceMs, () => request.destroy(new Error(`no answer for ${silenceMs / 1000} s`)));
  return request;
}

async function answered(request: http.ClientRequest): Promise<http.IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>();
  request.once('response', resolve);
  request.on('error', reject);
  const response = await promise;
  const status = response.statusCode ?? 0;
  const body = await text(response);
  if (status < 300) return response;
  throw new Refused(status, detailOf(body) ?? `${status} ${response.statusMessage ?? ''}`.trim());
}

function detailOf(body: string): string | undefined {
  try {
    return (JSON.parse(body) as Partial<Problem>).detail;
  } catch {
    return undefined;
  }
}

function offsetOf({ headers }: http.IncomingMessage): number {
  const offset = Number(headers['upload-offset']);
  if (Number.isSafeInteger(offset)) return offset;
  throw new Error('the answer does not say how much has arrived');
}

function show(name: string, fraction: number): void {
  if (process.stderr.isTTY && !jsonOutput())
    process.stderr.write(`\r\x1b[K${about(name, `${Math.floor(fraction * 100)} %`)}`);
}
