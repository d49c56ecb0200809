/** Sends a file to an image's upload address by tus, and goes on where it was cut. */
import { createReadStream } from 'node:fs';
import type { Image } from '@zhiyun/contracts';
import type { Connection } from './connection.ts';
import { CommandError, FailedError, jsonOutput } from './output.ts';
import { about, said } from './words/said.ts';
import { term } from './words/terms.ts';

const chunkBytes = 16 * 1024 * 1024;

interface UploadOptions {
  file: string;
  sizeBytes: number;
  image: Image;
  connection: Pick<Connection, 'session' | 'transport'>;
}

export async function uploadFile({ file, sizeBytes, image, connection }: UploadOptions): Promise<void> {
  const { session, transport } = connection;
  if (!image.uploadUrl) throw new CommandError(said.notUploading(image.name, term('imageState', image.state)));
  // Loaded by whoever uploads only: it takes as long as a whole other command.
  const { DefaultHttpStack, Upload } = await import('tus-js-client');
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const upload = new Upload(createReadStream(file), {
    // At the address that this session speaks to, whatever a proxy has made of it.
    uploadUrl: new URL(new URL(image.uploadUrl, session.url).pathname, session.url).href,
    uploadSize: sizeBytes,
    chunkSize: chunkBytes,
    headers: { authorization: `Bearer ${session.token}` },
    retryDelays: [200, 1000, 3000, 5000, 10_000],
    httpStack: new DefaultHttpStack({ agent: transport.agent }),
    onProgress: (sent) => {
      if (process.stderr.isTTY && !jsonOutput())
        process.stderr.write(`\r\x1b[K${about(image.name, `${Math.round((sent / sizeBytes) * 100)} %`)}`);
    },
    onSuccess: () => resolve(),
    onError: (error) => reject(new FailedError(said.uploadCut(image.name, error.message))),
  });
  upload.start();
  await promise;
  if (process.stderr.isTTY && !jsonOutput()) process.stderr.write('\r\x1b[K');
}
