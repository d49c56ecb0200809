/** Sends a file to an image's upload address by tus, and goes on where it was cut. */
import { createReadStream } from 'node:fs';
import type { Image } from '@zhiyun/contracts';
import { Upload } from 'tus-js-client';
import type { SavedSession } from './config.ts';
import { CommandError, jsonOutput } from './output.ts';

const chunkBytes = 16 * 1024 * 1024;

export async function uploadFile({
  file,
  sizeBytes,
  image,
  session,
}: {
  file: string;
  sizeBytes: number;
  image: Image;
  session: SavedSession;
}): Promise<void> {
  if (!image.uploadUrl)
    throw new CommandError(`The image ${image.name} does not wait for an upload (it is ${image.state}).`);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const upload = new Upload(createReadStream(file), {
    uploadUrl: new URL(image.uploadUrl, session.url).href,
    uploadSize: sizeBytes,
    chunkSize: chunkBytes,
    headers: { authorization: `Bearer ${session.token}` },
    retryDelays: [200, 1000, 3000, 5000, 10_000],
    onProgress: (sent) => {
      if (process.stderr.isTTY && !jsonOutput())
        process.stderr.write(`\r\x1b[K${image.name}: ${Math.round((sent / sizeBytes) * 100)} %`);
    },
    onSuccess: () => resolve(),
    onError: (error) =>
      reject(
        new CommandError(
          `The upload was cut: ${error.message}. Run the same command with another --name, or delete the image ${image.name} first.`,
        ),
      ),
  });
  upload.start();
  await promise;
  if (process.stderr.isTTY && !jsonOutput()) process.stderr.write('\r\x1b[K');
}
